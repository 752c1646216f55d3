package dev.qwen4j.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.mutation.MutationRun.Ending;
import dev.qwen4j.oracle.TestArchitectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models damaged in thousands of ways: opening one gives an answer or a documented exception, and never ends the JVM. */
class MutationTest {
    private static final long SEED = Long.getLong("qwen4j.mutations.seed", 1);
    private static final long COUNT = Long.getLong("qwen4j.mutations.count", 2000);

    @TempDir
    private Path folder;

    @Test
    void noDamageToAModelEndsTheJvm() throws IOException, InterruptedException {
        System.out.printf("[mutation] seeds %d to %d%n", SEED, SEED + COUNT - 1);
        var architectures = Files.createDirectory(folder.resolve("architectures"));
        TestArchitectures.write(architectures, Originals.ARCHITECTURES);

        var run = new MutationRun(architectures, folder);
        run.run(SEED, COUNT);

        System.out.println("[mutation] "
                + Arrays.stream(Ending.values())
                        .map(ending -> run.count(ending) + " " + ending)
                        .collect(Collectors.joining(", ")));
        Files.write(Path.of("target", "mutations.txt"), run.lines());
        assertThat(run.failures()).isEmpty();
        assertThat(run.count(Ending.ANSWERED)).isPositive();
        assertThat(run.count(Ending.ANSWERED) + run.count(Ending.REFUSED)).isEqualTo((int) COUNT);
    }
}
