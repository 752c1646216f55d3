package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an engine says of itself. */
class ObservabilityTest extends NanoEngine {
    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("dev.qwen4j." + name))
                .toList();
    }

    @Test
    void recordsEvents(@TempDir Path folder) throws Exception {
        var file = folder.resolve("engine.jfr");
        try (var recording = new Recording()) {
            for (var name : List.of("Request", "Prefill", "Decode", "Swap", "Eviction")) {
                recording.enable("dev.qwen4j." + name).withoutThreshold();
            }
            recording.start();
            try (var engine = engine(o -> o.maxActive(1).hostCache(200_000))) {
                for (int i = 0; i < 4; i++) {
                    engine.session("someone")
                            .append(tokens(100))
                            .generate(NanoEngine::greedy)
                            .await();
                }
            }
            recording.stop();
            recording.dump(file);
        }
        var events = RecordingFile.readAllEvents(file);
        var requests = named(events, "Request");
        assertThat(requests).hasSize(4).allSatisfy(event -> {
            assertThat(event.getString("tenant")).isEqualTo("someone");
            assertThat(event.getInt("promptTokens")).isEqualTo(100);
            assertThat(event.getString("finishReason")).isIn("STOP", "LENGTH");
        });
        assertThat(named(events, "Prefill").stream()
                        .mapToInt(event -> event.getInt("tokens"))
                        .sum())
                .isBetween(4 * 99, 4 * 100);
        assertThat(named(events, "Decode")).isNotEmpty();
        assertThat(named(events, "Swap")).isNotEmpty();
        assertThat(named(events, "Eviction")).isNotEmpty();
    }

    @Test
    void countsAndMeasures() {
        try (var engine = engine(o -> o.drafting(Drafting.none()))) {
            var replies = new ArrayList<Reply>();
            for (int i = 0; i < 3; i++) {
                replies.add(engine.session()
                        .append(tokens(50))
                        .generate(NanoEngine::greedy)
                        .await());
            }
            int generated =
                    replies.stream().mapToInt(reply -> reply.tokens().size()).sum();
            long stopped = replies.stream()
                    .filter(reply -> reply.finishReason() == FinishReason.STOP)
                    .count();
            var stats = engine.stats();
            assertThat(stats.work().prefilledTokens()).isEqualTo(150);
            assertThat(stats.work().generatedTokens()).isEqualTo(generated);
            assertThat(stats.work().prefillRate()).isPositive();
            assertThat(stats.work().decodeRate()).isPositive();
            assertThat(stats.timeToFirstToken().total()).isEqualTo(3);
            assertThat(stats.betweenTokens().total()).isEqualTo(generated + stopped - 3);
            assertThat(stats.finished().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(3);
            assertThat(stats.cache().capacity()).isEqualTo(4 * 2048);
        }
    }

    @Test
    void histogramsKnowTheirQuantiles() {
        var counts = new ArrayList<Long>();
        for (int i = 0; i < Histogram.SIZE; i++) {
            counts.add(0L);
        }
        var empty = new Histogram(counts);
        assertThat(empty.quantile(0.5)).isZero();
        counts.set(Histogram.index(1_000_000), 99L);
        counts.set(Histogram.index(1_000_000_000), 1L);
        var histogram = new Histogram(counts);
        assertThat(histogram.total()).isEqualTo(100);
        assertThat(histogram.quantile(0.5)).isBetween(Duration.ofMillis(1), Duration.ofNanos(1_200_001));
        assertThat(histogram.quantile(1)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1200));
    }
}
