package dev.qwen4j.benchmarks;

import dev.qwen4j.engine.FinishReason;
import java.util.List;
import java.util.Optional;

/** From the cancelling of a generation whose long prompt is being computed until the next one begins, where the engine computes one at a time. */
final class Cancel implements Benchmark {
    private static final int TIMES = 10;
    private static final int PROMPT = 4000;
    private static final int NEXT = 16;

    /** Long before the prompt is computed; the steps between it and the next time are no multiple of a micro-batch. */
    private static final long FIRST_MILLIS = 250;

    private static final long LATER_MILLIS = 37;
    private static final long SEED = 6;

    @Override
    public String name() {
        return "cancel";
    }

    @Override
    public String description() {
        return "engine, from cancelling a generation whose prompt of " + PROMPT
                + " tokens is being computed until the next one begins";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var file = new ModelFiles(settings).smolLm2();
        var millis = new double[TIMES];
        try (var engine = new EngineSide(file, settings, 1, PROMPT + NEXT)) {
            var prompts = new Prompts(engine.model().tokenizer(), SEED);
            progress.begin("cancelling, " + file.getFileName());
            for (int i = 0; i < TIMES; i++) {
                millis[i] = millisToNext(engine, prompts, FIRST_MILLIS + i * LATER_MILLIS);
                progress.at(i + 1, TIMES);
            }
            progress.end();
        }
        var sample = new Sample(millis);
        return new Result(
                name(),
                sample.quantile(1),
                "ms",
                "the longest of " + TIMES + " times until the next generation begins, " + file.getFileName(),
                Optional.of(Target.atMost(200)),
                sample,
                List.of(),
                List.of(Figure.of("median", "ms", sample.median())));
    }

    private static double millisToNext(EngineSide engine, Prompts prompts, long after) {
        try (var longOne = engine.session(prompts.tokens(PROMPT));
                var next = engine.session(prompts.tokens(NEXT))) {
            var cancelled = EngineSide.generate(longOne, 1);
            Pause.millis(after);
            long asked = System.nanoTime();
            var waiting = EngineSide.generate(next, 1);
            // So that it waits, and does not only come late.
            Pause.millis(LATER_MILLIS);
            long cancelledAt = System.nanoTime();
            cancelled.cancel();
            long begun = asked + EngineSide.await(waiting, 1).usage().queued().toNanos();
            if (cancelled.await().finishReason() != FinishReason.CANCELLED || begun < cancelledAt) {
                throw new IllegalStateException(
                        "The prompt of " + PROMPT + " tokens did not hold the next one up until " + "it was cancelled, "
                                + after + " ms after it was asked for.");
            }
            return (begun - cancelledAt) / 1e6;
        }
    }
}
