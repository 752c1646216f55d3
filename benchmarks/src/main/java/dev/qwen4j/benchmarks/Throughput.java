package dev.qwen4j.benchmarks;

import dev.qwen4j.Context;
import dev.qwen4j.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

/**
 * {@link Context#decode} of random tokens against llama-bench, which does nothing else either: no sampling, no text, the cache cleared before each
 * repetition. On two models; the lower ratio is the result.
 *
 * <p>Each of our runs does what a process of llama-bench does: it loads the model, makes a context that is just long enough, warms up, and repeats. So
 * both sides get new memory each time, for where it comes to lie makes a difference too. What stays is the JVM, warm as in an application.
 *
 * @param test what llama-bench calls it
 * @param tokens how many tokens a repetition decodes
 * @param tokensPerDecode how many of them at once
 * @param warmUpTokens how many are decoded before the first repetition
 */
record Throughput(String name, String test, int tokens, int tokensPerDecode, int warmUpTokens) implements Benchmark {
    static final Throughput DECODE = new Throughput("decode-1", "tg128", 128, 1, 1);
    static final Throughput PREFILL = new Throughput("prefill-1", "pp512", 512, 512, 512);

    private static final int WARM_UP_PAIRS = 1;

    /** Every run of the program decodes the same tokens; which they are makes no difference. */
    private static final long SEED = 42;

    @Override
    public String description() {
        return "Context.decode of " + tokens + " random tokens, " + tokensPerDecode + " at a time, against llama-bench "
                + test;
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var files = new ModelFiles(settings);
        var comparisons = new ArrayList<Comparison>();
        for (var file : List.of(files.smolLm2(), files.qwen3Shape())) {
            comparisons.add(compare(file, settings, progress));
        }
        var lowest = Collections.min(comparisons, Comparator.comparingDouble(Comparison::ratioOfMedians));
        return new Result(
                name,
                lowest.ratioOfMedians(),
                "ratio",
                "ratio of median tokens per second, ours / llama-bench's; the lowest of the models': " + lowest.what(),
                lowest.ratios(),
                comparisons);
    }

    private Comparison compare(Path file, Settings settings, Progress progress) {
        boolean prompt = tokensPerDecode > 1;
        var bench = new LlamaBench(settings, file, prompt ? tokens : 0, prompt ? 0 : tokens, settings.repetitions());
        var random = new SplittableRandom(SEED);
        return new Pairs(progress)
                .run(
                        test + " " + file.getFileName() + ", threads: " + settings.threads(),
                        "tokens/s",
                        Side.inThisProcess(() -> ours(file, settings, random)),
                        new Side(bench.commandLine(), bench::tokensPerSecond),
                        WARM_UP_PAIRS,
                        settings.pairs());
    }

    private double ours(Path file, Settings settings, SplittableRandom random) {
        try (var model = Model.load(file);
                var context = model.newContext(options -> options.length(tokens)
                        .batchSize(LlamaBench.BATCH)
                        .microBatchSize(LlamaBench.MICRO_BATCH)
                        .threads(settings.threads()))) {
            var tokenizer = model.tokenizer();
            // Beginning of sequence where the model wants one.
            var sequenceStart = tokenizer.encodeTrusted("", true);
            IntSupplier next = () -> random.nextInt(tokenizer.size());
            IntSupplier first = () -> sequenceStart.length > 0 ? sequenceStart[0] : next.getAsInt();
            decode(context, warmUpTokens, first, next);
            var perSecond = new double[settings.repetitions()];
            for (int i = 0; i < perSecond.length; i++) {
                context.clear();
                long start = System.nanoTime();
                decode(context, tokens, first, next);
                perSecond[i] = tokens / ((System.nanoTime() - start) / 1e9);
            }
            return new Sample(perSecond).median();
        }
    }

    private void decode(Context context, int count, IntSupplier first, IntSupplier next) {
        var batch = new int[tokensPerDecode];
        for (int done = 0; done < count; done += tokensPerDecode) {
            for (int i = 0; i < tokensPerDecode; i++) {
                batch[i] = (done == 0 && i == 0 ? first : next).getAsInt();
            }
            context.decode(batch);
        }
    }
}
