package dev.qwen4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * llama-batched-bench with one shape: computes prompts of random tokens, and then a token of each sequence at a time. It samples nothing. Each sequence has a
 * stream of the cache of its own.
 */
final class BatchedBench {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** llama.cpp rounds streams to as many cells. */
    private static final int CELLS = 256;

    private static final int ATTEMPTS = 5;

    private final List<String> command;

    /**
     * One that is not started yet.
     *
     * @param onePrompt whether the prompt is computed once and its cells are copied into the other streams, which saves time and changes nothing behind it
     */
    BatchedBench(
            Settings settings, Path file, int sequences, int promptTokens, int generatedTokens, boolean onePrompt) {
        int cells = Math.ceilDiv(promptTokens + generatedTokens, CELLS) * CELLS;
        var line = new ArrayList<>(List.of(
                settings.programs().resolve("llama-batched-bench").toString(),
                "-m",
                file.toString(),
                "-c",
                Integer.toString(sequences * cells),
                "-b",
                Integer.toString(LlamaBench.BATCH),
                "-ub",
                Integer.toString(LlamaBench.MICRO_BATCH),
                "-t",
                Integer.toString(settings.threads()),
                "-npp",
                Integer.toString(promptTokens),
                "-ntg",
                Integer.toString(generatedTokens),
                "-npl",
                Integer.toString(sequences),
                "--output-format",
                "jsonl"));
        if (onePrompt) {
            line.add("-pps");
        }
        this.command = List.copyOf(line);
    }

    String commandLine() {
        return String.join(" ", command);
    }

    /**
     * Runs it, and again where its figures are lost: it prints through a thread of its own, for which its end does not always wait (3 of 42 runs).
     *
     * @throws IllegalStateException if there are none all the same
     */
    Rates measure() {
        for (int i = 0; i < ATTEMPTS; i++) {
            var output = Program.run(command.toArray(String[]::new));
            if (!output.isBlank()) {
                return parse(output);
            }
        }
        throw new IllegalStateException(
                "llama-batched-bench printed nothing, " + ATTEMPTS + " times (" + commandLine() + ").");
    }

    /**
     * Finds the figures in what it prints.
     *
     * @throws IllegalStateException if there are none
     */
    static Rates parse(String output) {
        var line = output.lines()
                .filter(text -> text.startsWith("{"))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("llama-batched-bench printed no figures:\n" + output.strip()));
        var figures = JSON.readTree(line);
        return new Rates(
                figures.get("speed_pp").asDouble(), figures.get("speed_tg").asDouble());
    }

    /**
     * Tokens per second, all sequences together.
     *
     * @param prompts while prompts are computed, S_PP in its table
     * @param generation while tokens are generated, S_TG
     */
    record Rates(double prompts, double generation) {}
}
