package dev.qwen4j.engine;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** How far the same model's probabilities of the same text are apart when it is computed in other batches: kernels add up in another order then. */
final class Rounding {
    private static final int[] BATCHES = {1, 2, 3, 4, 5, 8, 63, 64, 512};

    /** Of the likeliest tokens. */
    private static final int TOP = 50;

    private Rounding() {}

    /** The largest difference of log-probabilities of the likeliest tokens at any position of a text, between any two sizes of batches. */
    static double of(Model model, int[] text) {
        return of(model, text, o -> o);
    }

    /** As {@link #of(Model, int[])}, in contexts with some other options. */
    static double of(Model model, int[] text, UnaryOperator<ContextOptions> options) {
        var runs = new ArrayList<List<double[]>>();
        for (int size : BATCHES) {
            try (var context = model.newContext(
                    o -> options.apply(o.threads(1)).length(text.length + 1).maxSequences(1))) {
                runs.add(logProbabilities(context, text, size));
            }
        }
        double largest = 0;
        for (int position = 0; position < text.length; position++) {
            var reference = runs.getFirst().get(position);
            for (int token : likeliest(reference)) {
                int at = position;
                var found = runs.stream().mapToDouble(run -> run.get(at)[token]).summaryStatistics();
                largest = Math.max(largest, found.getMax() - found.getMin());
            }
        }
        return largest;
    }

    /**
     * How far the probabilities are that a context gives which attends to a token that does not belong there: the largest difference of each of some stretches of
     * a text, of as many tokens as answers have.
     */
    static double[] ofAForeignToken(Model model, int[] text, int stretch, UnaryOperator<ContextOptions> options) {
        try (var own = model.newContext(
                        o -> options.apply(o.threads(1)).length(text.length + 1).maxSequences(1));
                var foreign = model.newContext(
                        o -> options.apply(o.threads(1)).length(text.length + 2).maxSequences(1))) {
            return IntStream.range(1, text.length / stretch)
                    .map(i -> i * stretch)
                    .mapToDouble(from -> ofAForeignToken(own, foreign, text, from, from + stretch))
                    .toArray();
        }
    }

    private static double ofAForeignToken(Context own, Context foreign, int[] text, int from, int to) {
        own.clear();
        own.prefill(Arrays.copyOf(text, from));
        foreign.clear();
        foreign.prefill(Arrays.copyOf(text, from - 1));
        foreign.decode(text[from / 2]);
        foreign.decode(text[from - 1]);
        double largest = 0;
        for (int at = from; at < to; at++) {
            largest = Math.max(largest, difference(logProbabilities(own.logits()), logProbabilities(foreign.logits())));
            own.decode(text[at]);
            foreign.decode(text[at]);
        }
        return largest;
    }

    /** The largest difference of log-probabilities of the tokens that are likeliest by the first. */
    static double difference(double[] reference, double[] other) {
        return IntStream.of(likeliest(reference))
                .mapToDouble(token -> Math.abs(reference[token] - other[token]))
                .max()
                .orElseThrow();
    }

    private static List<double[]> logProbabilities(Context context, int[] text, int size) {
        var rows = new ArrayList<double[]>();
        for (int from = 0; from < text.length; from += size) {
            var batch = new Batch();
            for (int i = from; i < Math.min(text.length, from + size); i++) {
                batch.add(text[i], true);
            }
            context.decode(batch);
            for (int i = 0; i < batch.size(); i++) {
                rows.add(logProbabilities(context.logits(i)));
            }
        }
        return rows;
    }

    static double[] logProbabilities(float[] logits) {
        double highest = IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i])
                .max()
                .orElseThrow();
        double sum = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i] - highest))
                .sum();
        return IntStream.range(0, logits.length)
                .mapToDouble(i -> logits[i] - highest - Math.log(sum))
                .toArray();
    }

    private static int[] likeliest(double[] probabilities) {
        return IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble(token -> -probabilities[token]))
                .limit(TOP)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
