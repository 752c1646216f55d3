package dev.qwen4j.benchmarks;

import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.StreamingDecoder;
import dev.qwen4j.nano.Nano;
import java.util.Arrays;
import java.util.List;

/**
 * What Java adds to a token: decode, sample and text in a Java loop, less the same loop in C, on the same native context, in this JVM. On nano with one
 * thread, where a token takes a fifth of a millisecond and microseconds can be seen.
 */
final class JavaCost implements Benchmark {
    private static final int TOKENS = 64;
    /** C2 has compiled all of it by then. */
    private static final int WARM_UP_ROUNDS = 300;

    private static final int LENGTH = 256;
    private static final String PROMPT = "Once upon a time there was a";

    @Override
    public String name() {
        return "java-us-per-token";
    }

    @Override
    public String description() {
        return "decode + greedy sampler + text in Java, against the same loop in C; nano, 1 thread, rounds of " + TOKENS
                + " tokens";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        try (var model = Model.load(Nano.file());
                var context = model.newContext(options -> options.length(LENGTH).threads(1));
                var sampler = context.newSampler(Sampling.greedy());
                var c = new CLoop(settings.programs(), context, TOKENS)) {
            var prompt = model.tokenizer().encode(PROMPT);
            int last = prompt.length - 1;
            context.prefill(Arrays.copyOf(prompt, last));
            var java = new JavaLoop(context, sampler, model.tokenizer().newStreamingDecoder(), TOKENS);
            var comparison = new Pairs(progress)
                    .run(
                            "nano, 1 thread, " + TOKENS + " tokens",
                            "µs/token",
                            Side.inThisProcess(() -> {
                                double time = microsecondsPerToken(() -> java.generate(prompt[last]));
                                context.rewind(last);
                                return time;
                            }),
                            new Side("bench_generate of native/bench/loop.c, in the same process", () -> {
                                double time = microsecondsPerToken(() -> c.generate(prompt[last]));
                                c.rewind(last);
                                return time;
                            }),
                            WARM_UP_ROUNDS,
                            settings.rounds());
            checkSameWork(java, c);
            var differences = comparison.differences();
            var interval = differences.medianInterval();
            return new Result(
                    name(),
                    interval.high(),
                    "µs/token",
                    "upper end of the 95 %% interval of the median of %d paired differences, which is %.2f [%.2f to %.2f]"
                            .formatted(differences.size(), differences.median(), interval.low(), interval.high()),
                    differences,
                    List.of(comparison));
        }
    }

    private static double microsecondsPerToken(Runnable round) {
        long start = System.nanoTime();
        round.run();
        return (System.nanoTime() - start) / 1e3 / TOKENS;
    }

    private static void checkSameWork(JavaLoop java, CLoop c) {
        if (!Arrays.equals(java.tokens, c.tokens()) || !java.text().equals(c.text())) {
            throw new IllegalStateException("The two loops differ. Java: " + Arrays.toString(java.tokens) + " \""
                    + java.text() + "\", C: " + Arrays.toString(c.tokens()) + " \"" + c.text() + "\".");
        }
    }

    /** What an application writes. */
    private static final class JavaLoop {
        private final Context context;
        private final Sampler sampler;
        private final StreamingDecoder decoder;
        private final int[] tokens;
        private final StringBuilder text = new StringBuilder();

        JavaLoop(Context context, Sampler sampler, StreamingDecoder decoder, int count) {
            this.context = context;
            this.sampler = sampler;
            this.decoder = decoder;
            this.tokens = new int[count];
        }

        void generate(int first) {
            text.setLength(0);
            int token = first;
            for (int i = 0; i < tokens.length; i++) {
                context.decode(token);
                token = sampler.sample();
                tokens[i] = token;
                text.append(decoder.add(token));
            }
            text.append(decoder.finish());
        }

        String text() {
            return text.toString();
        }
    }
}
