package dev.qwen4j;

import dev.qwen4j.internal.NativeResults;
import java.nio.FloatBuffer;

/** Which entries of a context's last batch have results, and those results. */
final class Results {
    private static final boolean[] NONE = {};
    private static final boolean[] ONE = {true};

    private final NativeResults nativeResults;
    private boolean[] wanted = NONE;

    Results(NativeResults nativeResults) {
        this.nativeResults = nativeResults;
    }

    /** The results of one token are there. */
    void one() {
        wanted = ONE;
    }

    /** The results of a batch are there, for these entries. */
    void of(boolean[] entries) {
        wanted = entries;
    }

    /** There are none any more; must be called before the memory where they lie is written to. */
    void forget() {
        wanted = NONE;
        nativeResults.invalidate();
    }

    float[] logits(int index) {
        return nativeResults.logits(checked(index));
    }

    FloatBuffer logitsView(int index) {
        return nativeResults.logitsView(checked(index));
    }

    float[] embedding(int index) {
        return nativeResults.embedding(checked(index));
    }

    FloatBuffer embeddingView(int index) {
        return nativeResults.embeddingView(checked(index));
    }

    float[] pooled(int sequence) {
        if (wanted.length == 0) {
            throw none();
        }
        return nativeResults.pooled(sequence);
    }

    int checked(int index) {
        if (wanted.length == 0) {
            throw new IllegalArgumentException("Token " + index + " has no logits: nothing has been decoded yet.");
        }
        if (index < 0 || index >= wanted.length) {
            throw new IllegalArgumentException(
                    "Token " + index + " is not in the last batch, which had tokens 0 to " + (wanted.length - 1) + ".");
        }
        if (!wanted[index]) {
            throw new IllegalArgumentException(
                    "Token " + index + " of the last batch has no logits: it was added without asking for them.");
        }
        return index;
    }

    int last() {
        for (int i = wanted.length - 1; i >= 0; i--) {
            if (wanted[i]) {
                return i;
            }
        }
        throw none();
    }

    private IllegalStateException none() {
        return new IllegalStateException(
                wanted.length == 0
                        ? "There are no logits: nothing has been decoded yet, or the context was cleared or rewound since."
                        : "There are no logits: no token of the last batch asked for them.");
    }
}
