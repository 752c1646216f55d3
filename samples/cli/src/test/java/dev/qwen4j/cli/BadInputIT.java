package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputIT {
    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    fly                      | Unmatched argument at index 0: 'fly'
                    run --wings              | Unknown option: '--wings'
                    run -n 0 Hi              | --max-tokens is 0; it must be 1 or more.
                    run -c 0 Hi              | length is 0; it must be at least 1.
                    run -t 1000 Hi           | threads is 1000; it must be 1 to 512.
                    run --top-p 2 Hi         | topP is 2.0; it must be above 0 and at most 1.
                    run --temperature NaN Hi | temperature is NaN; it must be 0 or more, and finite.
                    run --seed x Hi          | Invalid value for option '--seed': 'x' is neither a number nor "random"
                    run --greedy --top-k 3 a | --greedy excludes --seed, --temperature, --top-p and --top-k.
                    run                      | The prompt is empty. Pass one, or write it to standard input.
                    info                     | Missing required parameter: 'FILE'
                    """)
    void refusesWrongUsage(String arguments, String message) {
        try (var cli = CliProcess.run(folder, arguments.split(" "))) {
            assertThat(cli.err().lines().toList()).hasSize(2).first().asString().startsWith("qwen4j: " + message);
            assertThat(cli.err()).contains("--help\".");
            assertThat(cli.out()).isEmpty();
            assertThat(cli.exitCode()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"run -m missing.gguf Hi", "chat -m missing.gguf", "info missing.gguf"})
    void saysInOneLineThatAFileIsMissing(String arguments) {
        try (var cli = CliProcess.run(folder, arguments.split(" "))) {
            assertThat(cli.out()).isEmpty();
            assertThat(cli.err())
                    .startsWith("qwen4j: missing.gguf does not exist.")
                    .hasLineCount(1);
            assertThat(cli.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void saysWhatAFileIsThatIsNoModel() throws Exception {
        var text = Files.writeString(elsewhere.resolve("notes.txt"), "Not a model, but long enough to be looked at.\n");
        try (var file = CliProcess.run(folder, "run", "-m", text.toString(), "Hi");
                var directory = CliProcess.run(folder, "run", "-m", elsewhere.toString(), "Hi")) {
            assertThat(file.err()).startsWith("qwen4j: " + text).hasLineCount(1);
            assertThat(file.exitCode()).isEqualTo(1);
            assertThat(directory.err())
                    .isEqualTo("qwen4j: " + elsewhere + " is a folder. Name the .gguf file in it.\n");
            assertThat(directory.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void showsWhereAFailureCameFromWhenAsked() {
        try (var cli = CliProcess.run(folder, "run", "--verbose", "-m", "missing.gguf", "Hi")) {
            assertThat(cli.err())
                    .startsWith("qwen4j: missing.gguf does not exist.")
                    .contains("\tat dev.qwen4j");
            assertThat(cli.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void saysHowMuchTooLongAPromptIs() {
        try (var cli = CliProcess.start(folder, "run", "-c", "256")
                .type("word ".repeat(300))
                .endInput()
                .awaitEnd()) {
            assertThat(cli.out()).isEmpty();
            assertThat(cli.err())
                    .containsPattern("qwen4j: The prompt has \\d{3,4} tokens and the context holds 256\\.")
                    .hasLineCount(2);
            assertThat(cli.exitCode()).isEqualTo(1);
        }
    }
}
