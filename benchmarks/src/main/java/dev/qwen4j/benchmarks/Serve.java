package dev.qwen4j.benchmarks;

import dev.qwen4j.nano.Nano;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The rate at which the engine's sessions generate together, sampling and text included, against what llama.cpp's programs give at the same batch, with as many
 * tokens in the cache: llama-bench for one sequence, llama-batched-bench for more. Neither samples. Prompts are computed before.
 *
 * @param tokens how many each session generates in a run
 */
record Serve(String name, int sessions, int tokens, Target target) implements Benchmark {
    static final Serve ONE = new Serve("serve-1", 1, 128, Target.atLeast(0.985));
    static final Serve EIGHT = new Serve("serve-8", 8, 64, Target.atLeast(0.93));
    static final Serve THIRTY_TWO = new Serve("serve-32", 32, 48, Target.atLeast(0.93));

    /** Up to as many sessions, the largest model is measured too; with more it takes too long. */
    private static final int SESSIONS_OF_LARGE_MODEL = 8;

    /** Its steps are so short that the beginning of a run would count for much. */
    private static final int TIMES_FOR_NANO = 4;

    private static final int WARM_UP_PAIRS = 1;
    private static final long SEED = 1;

    @Override
    public String description() {
        return "engine, " + sessions + " sessions that generate " + tokens + " tokens, sampling included, against "
                + (sessions == 1 ? "llama-bench" : "llama-batched-bench");
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var files = new ModelFiles(settings);
        int pairs = sessions == 1 ? settings.pairs() : settings.enginePairs();
        var counted = new ArrayList<Comparison>();
        for (var file : List.of(files.smolLm2(), files.smolLm2Q40())) {
            counted.add(compare(file, settings, tokens, pairs, progress));
        }
        var beside = new ArrayList<Comparison>();
        beside.add(compare(Nano.file(), settings, tokens * TIMES_FOR_NANO, pairs, progress));
        if (sessions <= SESSIONS_OF_LARGE_MODEL) {
            beside.add(compare(files.qwen3Shape(), settings, tokens, settings.longPairs(), progress));
        }
        return Result.worstOf(
                name,
                "engine's generated tokens per second / " + (sessions == 1 ? "llama-bench's" : "llama-batched-bench's"),
                target,
                counted,
                beside);
    }

    private Comparison compare(Path file, Settings settings, int tokens, int pairs, Progress progress) {
        int prompt = promptTokens();
        try (var engine = new EngineSide(file, settings, sessions, prompt + tokens)) {
            var open = engine.preloaded(new Prompts(engine.model().tokenizer(), SEED).tokens(prompt, sessions));
            var ours = Side.inThisProcess(() -> EngineSide.decodeRate(open, tokens));
            return new Pairs(progress)
                    .run(
                            sessions + " × " + tokens + " tokens, " + file.getFileName() + ", threads: "
                                    + settings.threads(),
                            "tokens/s",
                            ours,
                            theirs(file, settings, tokens),
                            WARM_UP_PAIRS,
                            pairs);
        }
    }

    private Side theirs(Path file, Settings settings, int tokens) {
        if (sessions == 1) {
            var bench = new LlamaBench(settings, file, 0, tokens, 1);
            return new Side(bench.commandLine(), bench::tokensPerSecond);
        }
        var bench = new BatchedBench(settings, file, sessions, promptTokens(), tokens, false);
        return new Side(bench.commandLine(), () -> bench.measure().generation());
    }

    /** llama-bench begins with an empty cache, and a session with at least a token. */
    private int promptTokens() {
        return sessions == 1 ? 2 : 64;
    }
}
