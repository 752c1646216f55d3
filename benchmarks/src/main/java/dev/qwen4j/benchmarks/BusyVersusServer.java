package dev.qwen4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One client of the engine beside two spinning threads, against one client of llama-server beside the same two. */
final class BusyVersusServer implements Benchmark {
    private static final int PROMPT = 16;
    private static final int ANSWER = 24;
    private static final int ROOM = 256;
    private static final double SECONDS = 4;
    private static final int WARM_UP_PAIRS = 1;
    private static final long SEED = 8;

    @Override
    public String name() {
        return "busy-vs-server";
    }

    @Override
    public String description() {
        return "engine against llama-server, one client, each beside " + BusyHost.SPINNERS + " spinning Java threads";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var file = new ModelFiles(settings).smolLm2();
        // With one slot, one pool and a stream are the same.
        try (var engine = new EngineSide(file, settings, 1, ROOM);
                var server = new LlamaServer(settings, file, 1, ROOM, true)) {
            var tokenizer = engine.model().tokenizer();
            var ours = new Prompts(tokenizer, SEED);
            var theirs = new Prompts(tokenizer, SEED);
            double quiet = answersFor(ours, prompt -> engine.answer(prompt, ANSWER));
            double serverQuiet = answersFor(theirs, prompt -> server.answer(prompt, ANSWER));
            server.takeTimings();
            var comparison = new Pairs(progress)
                    .run(
                            "1 client, " + BusyHost.SPINNERS + " spinning threads, " + file.getFileName()
                                    + ", threads: " + settings.threads(),
                            "tokens/s",
                            Side.inThisProcess(() -> besideSpinners(ours, prompt -> engine.answer(prompt, ANSWER))),
                            new Side(
                                    server.commandLine(),
                                    () -> besideSpinners(theirs, prompt -> server.answer(prompt, ANSWER))),
                            WARM_UP_PAIRS,
                            settings.longPairs());
            var figures = new ArrayList<>(List.of(
                    Figure.of("engine, before them", "tokens/s", quiet),
                    Figure.of("llama-server, before them", "tokens/s", serverQuiet)));
            figures.addAll(ServerTimings.figures("beside them", server.takeTimings()));
            return Result.worstOf(
                            name(),
                            "engine's answered tokens per second / llama-server's, both beside spinning threads",
                            Target.atLeast(5),
                            List.of(comparison),
                            List.of())
                    .and(figures);
        }
    }

    private static double besideSpinners(Prompts prompts, Consumer<int[]> ask) {
        try (var _ = new Spinners(BusyHost.SPINNERS)) {
            return answersFor(prompts, ask);
        }
    }

    /** Tokens a second of answers that follow on each other for some seconds. */
    private static double answersFor(Prompts prompts, Consumer<int[]> ask) {
        long start = System.nanoTime();
        int answers = 0;
        double seconds;
        do {
            ask.accept(prompts.tokens(PROMPT));
            answers++;
            seconds = (System.nanoTime() - start) / 1e9;
        } while (seconds < SECONDS);
        return answers * ANSWER / seconds;
    }
}
