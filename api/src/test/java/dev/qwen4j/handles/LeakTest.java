package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.ThreadPool;
import dev.qwen4j.ThreadPoolOptions;
import dev.qwen4j.nano.Nano;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Handles that are dropped without being closed are reported, with the place that opened them. */
class LeakTest {
    private static final Duration MOST = Duration.ofSeconds(20);

    @Test
    void reportsADroppedContext() {
        try (var model = Model.load(Nano.file());
                var log = reports()) {
            dropContext(model);

            assertReported(log, "context", "dropContext");
        }
    }

    @Test
    void reportsADroppedSampler() {
        try (var model = Model.load(Nano.file());
                var context = model.newContext();
                var log = reports()) {
            context.newSampler(Sampling.greedy());

            assertReported(log, "sampler", "reportsADroppedSampler");
        }
    }

    @Test
    void reportsADroppedModel() {
        try (var log = reports()) {
            Model.load(Nano.file());

            assertReported(log, "model", "reportsADroppedModel");
        }
    }

    @Test
    void reportsADroppedThreadPool() {
        try (var log = reports()) {
            ThreadPool.start(ThreadPoolOptions.of(1));

            assertReported(log, "thread pool", "reportsADroppedThreadPool");
        }
    }

    @Test
    void reportsADroppedTemplate() {
        try (var model = Model.load(Nano.file());
                var log = reports()) {
            model.chatTemplate("{{ messages }}");

            assertReported(log, "chat template", "reportsADroppedTemplate");
        }
    }

    @Test
    void saysNothingOfHandlesThatWereClosed() {
        try (var log = reports()) {
            for (int i = 0; i < 10; i++) {
                try (var model = Model.load(Nano.file())) {
                    model.newContext().newSampler(Sampling.greedy());
                    model.chatTemplate();
                }
            }
            // Collected after those, and reported when they would have been.
            Model.load(Nano.file());
            assertReported(log, "model", "saysNothingOfHandlesThatWereClosed");
            assertThat(log.events()).hasSize(1);
        }
    }

    private static void dropContext(Model model) {
        model.newContext();
    }

    private static Capture reports() {
        return Capture.of("dev.qwen4j.internal.LeakReport");
    }

    private static void assertReported(Capture log, String name, String method) {
        long deadline = System.nanoTime() + MOST.toNanos();
        Optional<ILoggingEvent> report = Optional.empty();
        while (report.isEmpty() && System.nanoTime() < deadline) {
            System.gc();
            report = log.events().stream()
                    .filter(event -> event.getFormattedMessage().startsWith("A " + name + " was never closed"))
                    .findFirst();
        }
        assertThat(report).as("a report of a %s in %s", name, log.events()).isPresent();
        var trace = report.get().getThrowableProxy().getStackTraceElementProxyArray();
        assertThat(Arrays.toString(trace)).contains("LeakTest." + method);
    }
}
