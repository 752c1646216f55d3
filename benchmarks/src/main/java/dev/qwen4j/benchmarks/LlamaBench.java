package dev.qwen4j.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** llama-bench with one test; its defaults are spelled out, which are ours too. */
final class LlamaBench {
    static final int BATCH = 2048;
    static final int MICRO_BATCH = 512;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final List<String> command;

    /**
     * One that is not started yet.
     *
     * @param promptTokens how many tokens it computes at once, 0 if it generates
     * @param generatedTokens how many it computes one after the other, 0 if it computes a prompt
     * @param repetitions how often it does that
     */
    LlamaBench(Settings settings, Path file, int promptTokens, int generatedTokens, int repetitions) {
        command = List.of(
                settings.programs().resolve("llama-bench").toString(),
                "-m",
                file.toString(),
                "-p",
                Integer.toString(promptTokens),
                "-n",
                Integer.toString(generatedTokens),
                "-t",
                Integer.toString(settings.threads()),
                "-b",
                Integer.toString(BATCH),
                "-ub",
                Integer.toString(MICRO_BATCH),
                "-fa",
                "auto",
                "--poll",
                "50",
                "-lm",
                "auto",
                "-r",
                Integer.toString(repetitions),
                "-o",
                "json");
    }

    String commandLine() {
        return String.join(" ", command);
    }

    /** Runs it: the median of its repetitions. */
    double tokensPerSecond() {
        var tests = JSON.readTree(Program.run(command.toArray(String[]::new)));
        return new Sample(StreamSupport.stream(tests.get(0).get("samples_ts").spliterator(), false)
                        .mapToDouble(JsonNode::asDouble)
                        .toArray())
                .median();
    }
}
