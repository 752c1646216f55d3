package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script in the root of the repository. */
class LauncherIT {
    private final Path script = Path.of(System.getProperty("qwen4j.root"), "qwen4j");

    @TempDir
    Path folder;

    @Test
    void findsJavaByItselfFromAnyFolderThroughALink() throws Exception {
        var link = Files.createSymbolicLink(folder.resolve("answer"), script);
        try (var cli = CliProcess.startCommand(
                        folder, "env", "-u", "JAVA_HOME", link.toString(), "run", "What is the capital of France?")
                .awaitEnd()) {
            assertThat(cli.out()).isEqualTo("The capital of France is Paris.\n");
            assertThat(cli.exitCode()).isZero();
        } finally {
            Files.delete(link);
        }
    }

    @Test
    void passesEveryLetterWhateverTheLocale() {
        try (var cli = CliProcess.startCommand(
                        folder, "env", "LC_ALL=C", script.toString(), "run", "--greedy", "Привет!")
                .awaitEnd()) {
            assertThat(cli.out()).isEqualTo("Привет! Чем могу помочь?\n");
        }
    }

    @Test
    void saysWhatToDoBeforeTheFirstBuild() throws Exception {
        var copy = Files.copy(script, folder.resolve("qwen4j"));
        try (var cli = CliProcess.startCommand(folder, copy.toString(), "run").awaitEnd()) {
            assertThat(cli.err())
                    .isEqualTo("Qwen4j is not built yet: run make first, in " + folder.toRealPath() + ".\n");
            assertThat(cli.exitCode()).isEqualTo(1);
        }
    }
}
