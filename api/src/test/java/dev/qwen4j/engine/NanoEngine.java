package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.nano.Nano;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of engines have in common: the nano model, prompts, and what a context of its own would say. */
abstract class NanoEngine {
    final Random random = new Random(11);
    Model model;

    @BeforeEach
    void load() {
        model = Model.load(Nano.file());
    }

    @AfterEach
    void close() {
        model.close();
    }

    Engine engine(UnaryOperator<EngineOptions> options) {
        return Engine.start(model, o -> options.apply(o.length(2048).context(c -> c.threads(1))));
    }

    static GenerationOptions greedy(GenerationOptions options) {
        return options.sampling(Sampling.greedy()).maxTokens(24);
    }

    /** So that what is endless goes on for longer than any test waits. */
    static EngineOptions roomy(EngineOptions options) {
        return options.length(16_384);
    }

    static GenerationOptions endless(GenerationOptions options) {
        return options.sampling(Sampling.greedy()).minTokens(1_000_000);
    }

    int[] tokens(int count) {
        return random.ints(count, 0, 4000).toArray();
    }

    /** That a greedy reply is what a context of its own would say, but for ties that rounding decides. */
    void assertSame(int[] prompt, List<Integer> reply) {
        double tie = 2 * rounding();
        try (var context = model.newContext(o -> o.length(2048).threads(1))) {
            context.prefill(prompt);
            for (int token : reply) {
                var logits = context.logits();
                for (int other = 0; other < logits.length; other++) {
                    if (model.tokenizer().isEndOfGeneration(other)) {
                        logits[other] = Float.NEGATIVE_INFINITY;
                    }
                }
                var probabilities = Rounding.logProbabilities(logits);
                double gap = Arrays.stream(probabilities).max().orElseThrow() - probabilities[token];
                assertThat(gap).isLessThanOrEqualTo(tie);
                context.decode(token);
            }
        }
    }

    /** Measured once: it is a property of the model. */
    private double rounding() {
        if (rounding == 0) {
            rounding = Rounding.of(model, new Random(1).ints(600, 100, 4000).toArray());
            System.out.printf("[nano] rounding %.3f%n", rounding);
        }
        return rounding;
    }

    private static double rounding;

    /** What a context of its own would generate. */
    List<Integer> alone(int[] prompt, int count) {
        try (var context = model.newContext(o -> o.length(2048).threads(1));
                var sampler = context.newSampler(Sampling.greedy())) {
            context.prefill(prompt);
            var tokens = new ArrayList<Integer>();
            for (int token = sampler.sample();
                    tokens.size() < count && !model.tokenizer().isEndOfGeneration(token);
                    token = sampler.sample()) {
                tokens.add(token);
                context.decode(token);
            }
            return tokens;
        }
    }
}
