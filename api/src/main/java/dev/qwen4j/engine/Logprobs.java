package dev.qwen4j.engine;

import dev.qwen4j.engine.TokenLogprob.Alternative;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Log-probabilities out of logits. */
final class Logprobs {
    private final FloatBuffer logits;
    private final double normalizer;

    Logprobs(FloatBuffer logits) {
        this.logits = logits;
        float highest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < logits.limit(); i++) {
            highest = Math.max(highest, logits.get(i));
        }
        double sum = 0;
        for (int i = 0; i < logits.limit(); i++) {
            sum += Math.exp(logits.get(i) - highest);
        }
        this.normalizer = highest + Math.log(sum);
    }

    double of(int token) {
        return logits.get(token) - normalizer;
    }

    /** The likeliest tokens, the likeliest first. */
    List<Alternative> top(int count) {
        var best = new PriorityQueue<Integer>(Comparator.comparingDouble((Integer token) -> logits.get(token)));
        for (int token = 0; count > 0 && token < logits.limit(); token++) {
            if (best.size() < count || logits.get(token) > logits.get(best.element())) {
                best.add(token);
            }
            if (best.size() > count) {
                best.remove();
            }
        }
        var sorted = new ArrayList<Alternative>();
        while (!best.isEmpty()) {
            int token = best.remove();
            sorted.addFirst(new Alternative(token, of(token)));
        }
        return sorted;
    }

    TokenLogprob of(int token, int alternatives) {
        return new TokenLogprob(token, of(token), top(alternatives));
    }
}
