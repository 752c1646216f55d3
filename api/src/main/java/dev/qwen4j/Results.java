package dev.qwen4j;

import dev.qwen4j.internal.NativeResults;
import dev.qwen4j.internal.NativeSampler;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Which entries of a context's last batch have results, and those results. */
final class Results {
    private static final boolean[] NONE = {};
    private static final boolean[] ONE = {true};

    private final NativeResults nativeResults;
    private final String architecture;
    private final boolean headless;
    private boolean[] wanted = NONE;
    /** Whose sampler has looked at each of them on the device; empty if there is none. */
    private List<Optional<NativeSampler>> choosers = List.of();
    /** Whether llama.cpp wrote logits: its buffer of them is there in any case. */
    private boolean logits;

    Results(NativeResults nativeResults, String architecture) {
        this.nativeResults = nativeResults;
        this.architecture = architecture;
        this.headless = OutputHead.isMissing(architecture);
    }

    /** The results of one token are there. */
    void one(List<Optional<NativeSampler>> chooser) {
        wanted = ONE;
        choosers = chooser;
        logits = true;
    }

    /** The results of a batch are there, for these entries. */
    void of(boolean[] entries, List<Optional<NativeSampler>> choosersOfAll) {
        wanted = entries;
        choosers = choosersOfAll;
        logits = true;
    }

    /** Embeddings of a batch are there, for these entries, and no logits. */
    void embeddings(boolean[] entries) {
        of(entries, List.of());
        logits = false;
    }

    /** There are none any more; must be called before the memory where they lie is written to. */
    void forget() {
        wanted = NONE;
        nativeResults.invalidate();
    }

    float[] logits(int index) {
        return nativeResults.logits(checkedLogits(index));
    }

    FloatBuffer logitsView(int index) {
        return nativeResults.logitsView(checkedLogits(index));
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

    /**
     * Checks that a sampler can choose from the result of an entry.
     *
     * @param attachedTo the sequence that it is attached to
     */
    int checkedFor(NativeSampler sampler, OptionalInt attachedTo, int index) {
        checkHead();
        checked(index);
        var chooser = chooser(index);
        if (chooser.isPresent() ? chooser.get() != sampler : attachedTo.isPresent()) {
            throw new IllegalStateException(
                    chooser.isPresent()
                            ? "Token " + index
                                    + " is of a sequence that has another sampler attached, which has chosen from its logits already. Use that one, or detach it and decode again."
                            : "Token " + index + " is not of sequence "
                                    + attachedTo.getAsInt()
                                    + ", which the sampler is attached to. Detach it, or use another.");
        }
        return index;
    }

    /** Checks that the model computes logits at all. */
    void checkHead() {
        if (headless) {
            throw new IllegalStateException(
                    "The model (" + architecture
                            + ") computes embeddings and no logits; create the context with embeddings(true), and ask for those.");
        }
        if (wanted.length > 0 && !logits) {
            throw new IllegalStateException(
                    "There are no logits: the last batch was encoded, or embeddings took their place. Decode one, without embeddings.");
        }
    }

    private int checkedLogits(int index) {
        checkHead();
        checked(index);
        if (chooser(index).isPresent()) {
            throw new IllegalStateException(
                    "The logits of token " + index
                            + " stayed on the device, where the sampler that is attached to its sequence has used them. Detach it and decode again.");
        }
        return index;
    }

    private Optional<NativeSampler> chooser(int index) {
        return choosers.isEmpty() ? Optional.empty() : choosers.get(index);
    }

    private int checked(int index) {
        if (wanted.length == 0) {
            throw none();
        }
        if (index < 0 || index >= wanted.length) {
            throw new IllegalArgumentException(
                    "Token " + index + " is not in the last batch, which had tokens 0 to " + (wanted.length - 1) + ".");
        }
        if (!wanted[index]) {
            throw new IllegalArgumentException(
                    "Token " + index + " of the last batch has no results: it was added without asking for them.");
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
                        ? "There are no results: nothing has been decoded yet, or the context was cleared or rewound since."
                        : "There are no results: no token of the last batch asked for them.");
    }
}
