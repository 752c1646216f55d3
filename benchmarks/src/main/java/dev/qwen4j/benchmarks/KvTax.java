package dev.qwen4j.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * What tokens in the cache cost those that generate: 8 sessions beside 16,000 tokens of sessions that nobody goes on with, against the same 8 in an engine whose
 * cache is empty; and 32 sessions with 1,000 tokens each, against llama-batched-bench with as many.
 */
final class KvTax implements Benchmark {
    private static final int ACTIVE = 8;
    private static final int IDLE = 16;
    private static final int IDLE_TOKENS = 1000;
    private static final int OWN_TOKENS = 64;
    private static final int TOKENS = 64;

    private static final int LONG_SESSIONS = 32;
    private static final int LONG_TOKENS = 1000;
    private static final int LONG_GENERATED = 24;

    private static final int WARM_UP_PAIRS = 1;
    private static final long SEED = 3;

    @Override
    public String name() {
        return "kv-tax";
    }

    @Override
    public String description() {
        return "engine, " + ACTIVE + " sessions beside " + IDLE * IDLE_TOKENS
                + " idle cached tokens against an empty cache, and " + LONG_SESSIONS + " sessions of " + LONG_TOKENS
                + " tokens against llama-batched-bench";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var figures = new ArrayList<Figure>();
        var comparisons = List.of(besideIdle(settings, progress, figures), longSessions(settings, progress));
        return Result.worstOf(
                        name(),
                        "engine's generated tokens per second / the same without what is cached",
                        Target.atLeast(0.9),
                        comparisons,
                        List.of())
                .and(figures);
    }

    private static Comparison besideIdle(Settings settings, Progress progress, List<Figure> figures) {
        var file = new ModelFiles(settings).smolLm2Q40();
        int room = IDLE_TOKENS + TOKENS;
        // The same room in both, so that nothing differs but what is in it.
        try (var full = new EngineSide(file, settings, ACTIVE + IDLE, room);
                var empty = new EngineSide(file, settings, ACTIVE + IDLE, room)) {
            var prompts = new Prompts(full.model().tokenizer(), SEED);
            var idle = full.preloaded(prompts.tokens(IDLE_TOKENS, IDLE));
            var own = prompts.tokens(OWN_TOKENS, ACTIVE);
            var beside = full.preloaded(own);
            var alone = empty.preloaded(own);
            var comparison = new Pairs(progress)
                    .run(
                            ACTIVE + " sessions, " + IDLE * IDLE_TOKENS + " idle tokens / none, " + file.getFileName(),
                            "tokens/s",
                            Side.inThisProcess(() -> EngineSide.decodeRate(beside, TOKENS)),
                            new Side(
                                    "the same engine with nothing else in its cache",
                                    () -> EngineSide.decodeRate(alone, TOKENS)),
                            WARM_UP_PAIRS,
                            settings.enginePairs());
            figures.add(Figure.of(
                    "idle tokens in host memory beside which " + ACTIVE + " sessions generated", "tokens", (double)
                            full.engine().stats().cache().hostTokens()));
            idle.forEach(session -> session.close());
            return comparison;
        }
    }

    private static Comparison longSessions(Settings settings, Progress progress) {
        var file = new ModelFiles(settings).smolLm2Q40();
        try (var engine = new EngineSide(file, settings, LONG_SESSIONS, LONG_TOKENS + LONG_GENERATED)) {
            var prompts = new Prompts(engine.model().tokenizer(), SEED);
            var sessions = engine.preloaded(prompts.tokens(LONG_TOKENS, LONG_SESSIONS));
            var bench = new BatchedBench(settings, file, LONG_SESSIONS, LONG_TOKENS, LONG_GENERATED, true);
            return new Pairs(progress)
                    .run(
                            LONG_SESSIONS + " sessions of " + LONG_TOKENS + " tokens each, " + file.getFileName(),
                            "tokens/s",
                            Side.inThisProcess(() -> EngineSide.decodeRate(sessions, LONG_GENERATED)),
                            new Side(bench.commandLine(), () -> bench.measure().generation()),
                            WARM_UP_PAIRS,
                            settings.longPairs());
        }
    }
}
