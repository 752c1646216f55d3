package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As many threads as an application may have. */
class ManyThreadsTest extends NanoEngine {
    private static final int THREADS = 10_000;

    @Test
    void tenThousandVirtualThreadsAreAnsweredAndNonePinsItsCarrier(@TempDir Path folder) throws Exception {
        var file = folder.resolve("threads.jfr");
        try (var recording = new Recording();
                var engine = engine(o -> o.length(256).maxActive(8).queueCapacity(THREADS))) {
            recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
            recording.start();
            long before = residentKib();
            var replies = new ArrayList<CompletableFuture<Reply>>();
            for (int i = 0; i < THREADS; i++) {
                int question = i;
                var reply = new CompletableFuture<Reply>();
                replies.add(reply);
                Thread.ofVirtual().start(() -> ask(engine, question, reply));
            }
            assertThat(replies)
                    .allSatisfy(reply ->
                            assertThat(reply.join().finishReason()).isIn(FinishReason.STOP, FinishReason.LENGTH));
            long after = residentKib();
            System.out.printf(
                    "[threads] %,d answered, resident %,d KiB before, %,d KiB after%n", THREADS, before, after);
            assertThat(after - before).isLessThan(1_500_000);
            recording.stop();
            recording.dump(file);
        }
        var pinned = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
                .filter(event -> event.getStackTrace().getFrames().stream()
                        .anyMatch(frame -> frame.getMethod().getType().getName().startsWith("dev.qwen4j")))
                .toList();
        assertThat(pinned).isEmpty();
    }

    private static void ask(Engine engine, int question, CompletableFuture<Reply> reply) {
        try (var session = engine.session().append(7, 8, question % 4000)) {
            reply.complete(session.generate(o -> o.maxTokens(4)).await());
        } catch (RuntimeException e) {
            reply.completeExceptionally(e);
        }
    }

    private static long residentKib() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }
}
