package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.nano.Nano;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfoIT {
    private final String nano = Nano.file().toString();

    @TempDir
    Path folder;

    @Test
    void describesAModelWithoutNativeCode() {
        try (var cli = CliProcess.startWith("-Dqwen4j.library.path=/nowhere", folder, "info", nano)
                .awaitEnd()) {
            assertThat(cli.out()).isEqualTo("""
                            File            %s
                            Size            2.6 MiB (2,735,712 bytes)
                            Architecture    qwen3
                            Name            Qwen3-Nano
                            Parameters      2.4 million (2,432,192)
                            Type            Q8_0
                            Context length  2,048 tokens
                            Vocabulary      4,464 tokens
                            Layers          4
                            Tensors         46: 29 Q8_0, 17 F32
                            Chat template   yes
                            """.formatted(nano));
            assertThat(cli.err()).isEmpty();
            assertThat(cli.exitCode()).isZero();
        }
    }

    @Test
    void listsMetadataALineEach() {
        try (var cli = CliProcess.run(folder, "info", "--metadata", nano)) {
            assertThat(cli.out())
                    .containsPattern("(?m)^KEY +TYPE +VALUE$")
                    .containsPattern("(?m)^qwen3\\.context_length +u32 +2048$")
                    .containsPattern("(?m)^tokenizer\\.ggml\\.tokens +str\\[4464] +!, \", #, \\$, …$")
                    .containsPattern("(?m)^tokenizer\\.chat_template +str +\\{%- if tools %}\\\\n.*…$");
        }
    }

    @Test
    void listsTensors() {
        try (var cli = CliProcess.run(folder, "info", "--tensors", nano)) {
            assertThat(cli.out())
                    .containsPattern("(?m)^TENSOR +TYPE +SHAPE +BYTES$")
                    .containsPattern("(?m)^token_embd\\.weight +Q8_0 +192 × 4464 +910656$");
        }
    }

    @Test
    void showsHelpAndVersions() {
        try (var help = CliProcess.run(folder, "--help");
                var command = CliProcess.run(folder, "chat", "--help");
                var version = CliProcess.run(folder, "--version")) {
            assertThat(help.out()).contains("run", "chat", "info", "Exit codes:", "130");
            assertThat(command.out()).contains("--[no-]think", "/clear");
            assertThat(version.out()).containsPattern("qwen4j [\\d.]+\nllama.cpp [\\d.]+\nJava ");
            assertThat(version.exitCode()).isZero();
        }
    }
}
