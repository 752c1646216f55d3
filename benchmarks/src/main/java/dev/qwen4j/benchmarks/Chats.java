package dev.qwen4j.benchmarks;

import dev.qwen4j.nano.Nano;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whole runs of chats that have a system prompt in common, new in each run, and different questions: clients that wait for one answer after the other, of the
 * engine and of llama-server, the faster of one pool and streams. Both get the same tokens, and one process is the client of both.
 *
 * @param clients how many ask at once, and how many slots the server has
 * @param chats how many chats a run has
 * @param systemTokens about how long the system prompt is
 * @param answerTokens how long each answer is
 * @param roomEach how many tokens a chat may have
 */
record Chats(String name, int clients, int chats, int systemTokens, int answerTokens, int roomEach, Target target)
        implements Benchmark {
    static final Chats EIGHT = new Chats("server-8", 8, 8, 40, 96, 256, Target.atLeast(1.15));
    static final Chats THIRTY_TWO = new Chats("server-32", 32, 32, 40, 96, 256, Target.atLeast(1.15));
    static final Chats SHARED_PREFIX = new Chats("shared-prefix-8", 8, 8, 730, 32, 1024, Target.atLeast(4));

    private static final int WARM_UP_PAIRS = 1;
    private static final int CEILING_RUNS = 2;

    /** Longer ones are not short chats, and the ceiling is another. */
    private static final int SHORT_SYSTEM_TOKENS = 100;

    @Override
    public String description() {
        return "engine against llama-server, whole runs of " + chats + " chats of " + clients + " clients at once, "
                + systemTokens + " tokens of system prompt in common, answers of " + answerTokens + " tokens";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var files = new ModelFiles(settings);
        var figures = new ArrayList<Figure>();
        var counted = new ArrayList<Comparison>();
        for (var file : List.of(files.smolLm2(), files.smolLm2Q40())) {
            counted.add(compare(file, settings, progress, figures));
        }
        var beside = isShort() ? List.of(compare(Nano.file(), settings, progress, figures)) : List.<Comparison>of();
        return Result.worstOf(
                        name,
                        "engine's answered tokens per second of the whole run / llama-server's",
                        target,
                        counted,
                        beside)
                .and(figures);
    }

    private boolean isShort() {
        return systemTokens <= SHORT_SYSTEM_TOKENS;
    }

    private Comparison compare(Path file, Settings settings, Progress progress, List<Figure> figures) {
        try (var engine = new EngineSide(file, settings, clients, roomEach);
                var streams = new LlamaServer(settings, file, clients, roomEach, false);
                var unified = new LlamaServer(settings, file, clients, roomEach, true)) {
            var tokenizer = engine.model().tokenizer();
            var probe = new Prompts(tokenizer, -1);
            // The better is chosen by a run of each that does not count.
            double streamsRate = rate(streams, round(probe));
            double unifiedRate = rate(unified, round(probe));
            var server = unifiedRate > streamsRate ? unified : streams;
            server.takeTimings();
            var ourPrompts = new Prompts(tokenizer, 1);
            var theirPrompts = new Prompts(tokenizer, 1);
            int pairs = clients > 8 || !isShort() ? settings.longPairs() : settings.enginePairs();
            var comparison = new Pairs(progress)
                    .run(
                            chats + " chats, " + clients + " at once, " + file.getFileName() + ", threads: "
                                    + settings.threads(),
                            "tokens/s",
                            Side.inThisProcess(() -> rate(engine, round(ourPrompts))),
                            new Side(server.commandLine(), () -> rate(server, round(theirPrompts))),
                            WARM_UP_PAIRS,
                            pairs);
            var what = file.getFileName().toString();
            figures.add(Figure.of(what + ", llama-server with streams, before", "tokens/s", streamsRate));
            figures.add(Figure.of(what + ", llama-server with one pool, before", "tokens/s", unifiedRate));
            figures.addAll(ServerTimings.figures(what, server.takeTimings()));
            if (isShort()) {
                double ceiling = ceiling(file, settings, round(probe));
                figures.add(
                        Figure.of(what + ", ceiling that llama-batched-bench's figures allow", "tokens/s", ceiling));
                figures.add(Figure.of(
                        what + ", that ceiling / llama-server's median",
                        "ratio",
                        ceiling / comparison.theirs().median()));
            }
            return comparison;
        }
    }

    private List<int[]> round(Prompts prompts) {
        var system = prompts.text(systemTokens);
        var round = new ArrayList<int[]>();
        for (int i = 0; i < chats; i++) {
            round.add(prompts.chat(system, prompts.question()));
        }
        return round;
    }

    private double rate(EngineSide engine, List<int[]> prompts) {
        return chats
                * answerTokens
                / Clients.secondsFor(prompts, clients, prompt -> engine.answer(prompt, answerTokens));
    }

    private double rate(LlamaServer server, List<int[]> prompts) {
        return chats
                * answerTokens
                / Clients.secondsFor(prompts, clients, prompt -> server.answer(prompt, answerTokens));
    }

    /** All answers at the rate of generation of a full batch, after each token of the prompts was computed once. */
    private double ceiling(Path file, Settings settings, List<int[]> prompts) {
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElseThrow();
        var bench = new BatchedBench(settings, file, clients, longest, answerTokens, false);
        var promptRates = new double[CEILING_RUNS];
        var generationRates = new double[CEILING_RUNS];
        for (int i = 0; i < CEILING_RUNS; i++) {
            var rates = bench.measure();
            promptRates[i] = rates.prompts();
            generationRates[i] = rates.generation();
        }
        int shared = commonPrefix(prompts);
        double toCompute = shared
                + prompts.stream().mapToInt(prompt -> prompt.length - shared).sum();
        double answered = chats * answerTokens;
        return answered
                / (toCompute / new Sample(promptRates).median() + answered / new Sample(generationRates).median());
    }

    private static int commonPrefix(List<int[]> prompts) {
        var first = prompts.getFirst();
        return prompts.stream()
                .skip(1)
                .mapToInt(prompt -> {
                    int mismatch = Arrays.mismatch(first, prompt);
                    return mismatch < 0 ? prompt.length : mismatch;
                })
                .min()
                .orElse(0);
    }
}
