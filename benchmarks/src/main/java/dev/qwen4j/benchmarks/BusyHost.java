package dev.qwen4j.benchmarks;

import java.util.List;

/**
 * The engine beside two threads of the same JVM that compute all the time: the rate of sessions that generate against that before, the longest time without a
 * token, and the rate when the threads have stopped.
 */
record BusyHost(String name, int sessions, Target target) implements Benchmark {
    static final BusyHost ONE = new BusyHost("busy-host", 1, Target.atLeast(0.36));
    static final BusyHost EIGHT = new BusyHost("busy-host-8", 8, Target.atLeast(0.4));

    static final int SPINNERS = 2;

    private static final int OWN_TOKENS = 64;
    private static final int REPLY = 64;
    private static final long WARM_UP_MILLIS = 2000;
    private static final long QUIET_MILLIS = 2000;
    private static final long BUSY_MILLIS = 5000;

    /** After which it must be as fast as before. */
    private static final long RECOVERY_MILLIS = 2000;

    private static final long SEED = 7;

    @Override
    public String description() {
        return "engine, " + sessions + (sessions == 1 ? " session" : " sessions") + " beside " + SPINNERS
                + " spinning Java threads, against the same before";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var file = new ModelFiles(settings).smolLm2();
        int rounds = settings.longPairs();
        var quiet = new double[rounds];
        var busy = new double[rounds];
        var after = new double[rounds];
        var silence = new double[rounds];
        try (var engine = new EngineSide(file, settings, sessions, OWN_TOKENS + REPLY)) {
            var prompts = new Prompts(engine.model().tokenizer(), SEED);
            var streams = TokenStream.of(engine.preloaded(prompts.tokens(OWN_TOKENS, sessions)), REPLY);
            try {
                progress.begin(sessions + " beside spinning threads, " + file.getFileName());
                Pause.millis(WARM_UP_MILLIS);
                for (int i = 0; i < rounds; i++) {
                    quiet[i] = rateFor(QUIET_MILLIS, streams);
                    long start = System.nanoTime();
                    try (var _ = new Spinners(SPINNERS)) {
                        busy[i] = rateFor(BUSY_MILLIS, streams);
                    }
                    Pause.millis(RECOVERY_MILLIS);
                    silence[i] =
                            TokenStream.gaps(streams, start, System.nanoTime()).quantile(1);
                    after[i] = rateFor(QUIET_MILLIS, streams);
                    progress.at(i + 1, rounds);
                }
                progress.end();
            } finally {
                streams.forEach(TokenStream::close);
            }
        }
        var comparison = new Comparison(
                sessions + " beside " + SPINNERS + " spinning threads, " + file.getFileName() + ", threads: "
                        + settings.threads(),
                "tokens/s",
                "beside them",
                "before them",
                new Sample(busy),
                new Sample(quiet));
        return Result.worstOf(
                        name, "engine's rate beside spinning threads / before", target, List.of(comparison), List.of())
                .and(List.of(
                        Figure.of(
                                "longest time that a session had no token",
                                "ms",
                                new Sample(silence).quantile(1),
                                Target.atMost(1000)),
                        Figure.of(
                                "rate from " + RECOVERY_MILLIS / 1000 + " s after they stopped / before",
                                "ratio",
                                new Sample(after).median() / new Sample(quiet).median(),
                                Target.atLeast(0.95))));
    }

    private static double rateFor(long millis, List<TokenStream> streams) {
        long from = System.nanoTime();
        Pause.millis(millis);
        return TokenStream.rate(streams, from, System.nanoTime());
    }
}
