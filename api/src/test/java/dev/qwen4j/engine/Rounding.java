package dev.qwen4j.engine;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.Model;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** How far the same model's probabilities of the same text are apart when it is computed in other batches: kernels add up in another order then. */
final class Rounding {
    private static final int[] BATCHES = {1, 2, 3, 4, 5, 8, 63, 64, 512};

    /** Of the likeliest tokens. */
    private static final int TOP = 50;

    private Rounding() {}

    /** The largest difference of log-probabilities of the likeliest tokens at any position of a text, between any two sizes of batches. */
    static double of(Model model, int[] text) {
        var runs = new ArrayList<List<double[]>>();
        for (int size : BATCHES) {
            try (var context = model.newContext(o -> o.length(text.length + 1).threads(1))) {
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
