package dev.qwen4j;

import java.util.Arrays;

/**
 * Tokens to be decoded together, and which of them want logits.
 *
 * <p>Plain data of the caller's: reusable after {@link #clear}, for one thread at a time, nothing to close.
 */
public final class Batch {
    private int[] tokens = new int[16];
    private boolean[] logits = new boolean[16];
    private int size;

    /** An empty batch. */
    public Batch() {}

    /** A batch of tokens of which the last wants logits, as a prompt's does. */
    public static Batch of(int... tokens) {
        var batch = new Batch();
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], i == tokens.length - 1);
        }
        return batch;
    }

    /** Adds a token. */
    public Batch add(int token, boolean wantsLogits) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, size * 2);
            logits = Arrays.copyOf(logits, size * 2);
        }
        tokens[size] = token;
        logits[size++] = wantsLogits;
        return this;
    }

    /** Removes all tokens. */
    public Batch clear() {
        size = 0;
        return this;
    }

    /** The number of tokens. */
    public int size() {
        return size;
    }

    int[] tokens() {
        return tokens;
    }

    boolean[] logits() {
        return logits;
    }
}
