package dev.qwen4j.engine;

import dev.qwen4j.ContextOptions;
import dev.qwen4j.Sampling;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random options: of an engine, and of what it is asked for.
 *
 * @param nano whether the model knows words, and ends its replies
 */
record SoakOptions(
        boolean nano,
        int length,
        int maxActive,
        long hostCache,
        int microBatch,
        int readerBuffer,
        int queueCapacity,
        Duration stepBudget,
        Drafting drafting) {
    private static final int TOKENS = 200;

    static SoakOptions draw(TestModel model, Random random) {
        long bytes = bytes(model);
        return new SoakOptions(
                model.name().equals("nano"),
                256 * (1 + random.nextInt(2)),
                1 + random.nextInt(6),
                List.of(0L, bytes / 2, 3 * bytes, 3 * bytes, 12 * bytes, 1L << 30)
                        .get(random.nextInt(6)),
                List.of(16, 32, 64, 512).get(random.nextInt(4)),
                2 + random.nextInt(8),
                4 + random.nextInt(40),
                Duration.ofMillis(1 + random.nextInt(100)),
                random.nextInt(4) == 0 ? Drafting.none() : Drafting.promptLookup());
    }

    /** What so many tokens of one session take in host memory. */
    private static long bytes(TestModel model) {
        try (var context = model.model().newContext(o -> SoakRun.context(o).length(256))) {
            context.prefill(model.text(TOKENS));
            try (var state = context.states().save(0)) {
                return state.byteSize();
            }
        }
    }

    EngineOptions engine(EngineOptions options) {
        return options.length(length)
                .maxActive(maxActive)
                .hostCache(hostCache)
                .readerBuffer(readerBuffer)
                .queueCapacity(queueCapacity)
                .stepBudget(stepBudget)
                .drafting(drafting)
                .context(this::context);
    }

    ContextOptions context(ContextOptions options) {
        return SoakRun.context(options).microBatchSize(microBatch);
    }

    /** How a reply is asked for. */
    GenerationOptions draw(Random random) {
        var wanted = GenerationOptions.defaults()
                .sampling(sampling(random))
                .maxTokens(1 + random.nextInt(60))
                .priority(random.nextInt(3) - 1)
                .overflow(overflow(random));
        if (random.nextInt(5) == 0) {
            wanted = wanted.minTokens(random.nextInt(12));
        }
        if (random.nextInt(4) == 0) {
            wanted = wanted.stopTokens(50 + random.nextInt(40));
        }
        if (random.nextInt(5) == 0) {
            wanted = nano ? wanted.stopStrings(" is", "!") : wanted.stopStrings("33", "4a5", "no such text");
        }
        if (random.nextInt(6) == 0) {
            wanted = wanted.logprobs(random.nextInt(5));
        }
        if (random.nextInt(12) == 0) {
            wanted = wanted.deadline(Duration.ofMillis(1 + random.nextInt(40)));
        }
        if (random.nextInt(16) == 0) {
            wanted = wanted.deterministic(true);
        }
        return wanted;
    }

    private static Overflow overflow(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Overflow.shift(random.nextInt(100));
            case 1 -> Overflow.dropOldestTurns();
            default -> Overflow.refuse();
        };
    }

    private static Sampling sampling(Random random) {
        long seed = random.nextInt(1000);
        return switch (random.nextInt(11)) {
            case 0 -> Sampling.builder().temperature(1).draw(seed);
            case 1 -> Sampling.builder().topK(20).topP(0.8f).temperature(0.7f).draw(seed);
            case 2 ->
                Sampling.builder()
                        .penalties(64, 1.1f, 0.1f, 0.1f)
                        .topP(0.95f)
                        .temperature(0.9f)
                        .draw(seed);
            case 3 -> Sampling.builder().penalties(32, 1, 0.2f, 0.3f).greedy();
            case 4 ->
                Sampling.builder().minP(0.05f).typical(0.9f).temperature(1.2f).draw(seed);
            case 5 -> Sampling.builder().xtc(0.5f, 0.1f, seed).temperature(1).draw(seed);
            case 6 -> Sampling.builder().temperature(1).mirostatV2(5, 0.1f, seed);
            case 7 ->
                Sampling.builder().topNSigma(1).dynamicTemperature(1, 0.3f, 1).draw(seed);
            case 8 -> Sampling.greedy().logitBias(Map.of(60, 2f, 61, Float.NEGATIVE_INFINITY));
            default -> Sampling.greedy();
        };
    }

    @Override
    public String toString() {
        return "%d sequences of %d, %,d bytes of host memory, micro-batches of %d, buffers of %d, queue of %d, steps of %d ms, %s"
                .formatted(
                        maxActive,
                        length,
                        hostCache,
                        microBatch,
                        readerBuffer,
                        queueCapacity,
                        stepBudget.toMillis(),
                        drafting.getClass().getSimpleName());
    }
}
