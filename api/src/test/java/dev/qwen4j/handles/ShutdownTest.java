package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.guard.TinyGpt2;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A JVM that is told to end, in whatever it is in, does so: with the exit code asked for, within two seconds, and without a crash. */
class ShutdownTest {
    private static final long SEED = 20260105;
    private static final int AT_ONCE = 3;
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);
    /** 64 MiB of them, with nothing in them. */
    private static final int MANY_POSITIONS = 1 << 19;

    enum Activity {
        /** Weights being read. */
        LOAD(10, 2, 30),
        /** A progress listener that does not return. */
        BLOCKED_LOAD(4, 1, 1),
        PREFILL(10, 3, 3),
        DECODE(10, 3, 300);

        private final int rounds;
        private final int threads;
        private final int mostSteps;

        Activity(int rounds, int threads, int mostSteps) {
            this.rounds = rounds;
            this.threads = threads;
            this.mostSteps = mostSteps;
        }

        int threads() {
            return threads;
        }
    }

    enum Ending {
        EXIT(ShutdownMain.EXIT_CODE),
        SIGTERM(128 + 15);

        private final int exitCode;

        Ending(int exitCode) {
            this.exitCode = exitCode;
        }
    }

    @TempDir
    private static Path folder;

    static Stream<Arguments> endsWithTheCodeThatWasAskedFor() {
        return Stream.of(Activity.values())
                .flatMap(activity -> Stream.of(Ending.values()).map(ending -> Arguments.of(activity, ending)));
    }

    @ParameterizedTest
    @MethodSource
    void endsWithTheCodeThatWasAskedFor(Activity activity, Ending ending) throws Exception {
        System.out.println("[handles] seed " + SEED);
        var random = new Random(SEED);
        var bigFile = bigFile();
        var longest = Duration.ZERO;
        try (var pool = Executors.newFixedThreadPool(AT_ONCE)) {
            var rounds = new ArrayList<Future<Duration>>();
            for (int i = 0; i < activity.rounds; i++) {
                int steps = 1 + random.nextInt(activity.mostSteps);
                rounds.add(pool.submit(() -> end(activity, ending, steps, bigFile)));
            }
            for (var round : rounds) {
                longest = longest.compareTo(round.get()) < 0 ? round.get() : longest;
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
        System.out.printf("[handles] %s during %s: %d ms at most%n", ending, activity, longest.toMillis());
        try (var reports = Files.newDirectoryStream(folder, "hs_err*")) {
            assertThat(reports).isEmpty();
        }
    }

    private static Duration end(Activity activity, Ending ending, int steps, Path bigFile) {
        var child = ChildJvm.of(ShutdownMain.class)
                .jvm("-XX:ErrorFile=" + folder.resolve("hs_err_%p.log"))
                .jvm("-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider")
                .args(activity, ending, steps, Nano.file(), bigFile);
        try (var running = child.start()) {
            running.awaitOutput(ShutdownMain.GOING);
            long start = System.nanoTime();
            if (ending == Ending.SIGTERM) {
                running.signal("TERM");
            }
            var result = running.await();
            var took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(result.exitCode()).as("%s", result).isEqualTo(ending.exitCode);
            assertThat(result.stderr()).doesNotContain("terminate", "fatal error", "Exception");
            assertThat(took).as("%s", result).isLessThan(TWO_SECONDS);
            return took;
        }
    }

    private static Path bigFile() throws IOException {
        var file = folder.resolve("big.gguf");
        return Files.exists(file) ? file : TinyGpt2.write(file, MANY_POSITIONS, 2);
    }
}
