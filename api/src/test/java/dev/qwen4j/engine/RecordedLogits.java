package dev.qwen4j.engine;

import dev.qwen4j.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What an engine sampled each token of each generation from, until somebody takes it. */
final class RecordedLogits implements LogitsProbe {
    /** A token, and the logits it was sampled from. */
    static final class Sampled {
        private final int token;
        private final float[] logits;

        Sampled(int token, float[] logits) {
            this.token = token;
            this.logits = logits;
        }

        int token() {
            return token;
        }

        float[] logits() {
            return logits;
        }
    }

    private final Map<Generation, List<Sampled>> byGeneration = new ConcurrentHashMap<>();

    @Override
    public void sampled(Context context, int index, int token) {
        throw new AssertionError("Nobody knows whose token that is.");
    }

    @Override
    public void sampled(Generation generation, Context context, int index, int token) {
        byGeneration.computeIfAbsent(generation, _ -> new ArrayList<>()).add(new Sampled(token, context.logits(index)));
    }

    /** Those of a generation that has ended, in their order. */
    List<Sampled> take(Generation generation) {
        var sampled = byGeneration.remove(generation);
        return sampled == null ? List.of() : List.copyOf(sampled);
    }
}
