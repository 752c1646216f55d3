package dev.qwen4j.model;

import dev.qwen4j.Model;

/** What a model says to a few tokens: equal for equal weights, on one thread. */
final class Logits {
    private static final int[] TOKENS = {1, 100, 7, 2000, 13, 5};

    private Logits() {}

    static float[] of(Model model) {
        try (var context = model.newContext(o -> o.length(256).threads(1))) {
            context.prefill(TOKENS);
            return context.logits();
        }
    }
}
