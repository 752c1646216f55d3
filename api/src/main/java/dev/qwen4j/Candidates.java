package dev.qwen4j;

import dev.qwen4j.internal.CandidateArrays;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Tokens that could come next, with their logits: what {@link Sampler#apply} and a {@link CustomSampler} work on.
 *
 * <p>A candidate is known by its place, from 0 to {@link #size} - 1. Mutable, not shared with native code, and for one thread.
 */
public final class Candidates {
    private static final int NONE = -1;

    private int[] ids;
    private float[] logits;
    private float[] probabilities;
    private int size;
    private int selected;
    private boolean sorted;

    /** Takes the arrays as they are. */
    Candidates(CandidateArrays arrays) {
        this.ids = arrays.ids();
        this.logits = arrays.logits();
        this.probabilities = arrays.probabilities();
        this.size = arrays.size();
        this.selected = arrays.selected();
        this.sorted = arrays.sorted();
    }

    /**
     * Some tokens and their logits.
     *
     * @throws IllegalArgumentException if there are none, not as many of one as of the other, or a logit is NaN or positive infinity
     */
    public static Candidates of(int[] ids, float[] logits) {
        if (ids.length == 0 || ids.length != logits.length) {
            throw new IllegalArgumentException(
                    "There are %d tokens and %d logits; as many are needed, and one at least."
                            .formatted(ids.length, logits.length));
        }
        for (int i = 0; i < logits.length; i++) {
            checkLogit(i, logits[i]);
        }
        return new Candidates(
                new CandidateArrays(ids.clone(), logits.clone(), new float[ids.length], ids.length, NONE, false));
    }

    /** All tokens of a vocabulary, whose logits are given in the order of ids. */
    public static Candidates of(float[] logits) {
        var ids = new int[logits.length];
        Arrays.setAll(ids, i -> i);
        return of(ids, logits);
    }

    /** Its arrays, not copied. */
    CandidateArrays arrays() {
        return new CandidateArrays(ids, logits, probabilities, size, selected, sorted);
    }

    /** Becomes what is in these arrays. */
    void become(CandidateArrays arrays) {
        ids = arrays.ids();
        logits = arrays.logits();
        probabilities = arrays.probabilities();
        size = arrays.size();
        selected = arrays.selected();
        sorted = arrays.sorted();
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    /** The token at a place. */
    public int id(int place) {
        return ids[checked(place)];
    }

    /** The logit at a place; negative infinity if it is banned. */
    public float logit(int place) {
        return logits[checked(place)];
    }

    /** The probability at a place, as the last stage that computed it left it; 0 if none did. */
    public float probability(int place) {
        return probabilities[checked(place)];
    }

    /**
     * Sets the logit at a place; negative infinity bans the token.
     *
     * @throws IllegalArgumentException if it is NaN or positive infinity
     */
    public void logit(int place, float logit) {
        logits[checked(place)] = checkLogit(place, logit);
        sorted = false;
    }

    /** Sets the probability at a place, which is for reading: stages that draw compute it anew from the logits. */
    public void probability(int place, float probability) {
        probabilities[checked(place)] = probability;
    }

    /** Whether they are in order of falling logits. */
    public boolean isSorted() {
        return sorted;
    }

    /** Puts them in order of falling logits; equals stay in their order. Nothing is selected after it. */
    public void sort() {
        var order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Float.compare(logits[b], logits[a]));
        var oldIds = ids.clone();
        var oldLogits = logits.clone();
        var oldProbabilities = probabilities.clone();
        for (int i = 0; i < size; i++) {
            ids[i] = oldIds[order[i]];
            logits[i] = oldLogits[order[i]];
            probabilities[i] = oldProbabilities[order[i]];
        }
        sorted = true;
        selected = NONE;
    }

    /**
     * Keeps the first ones.
     *
     * @param count how many, 1 to {@link #size}
     */
    public void truncate(int count) {
        if (count < 1 || count > size) {
            throw new IllegalArgumentException(
                    "Cannot keep " + count + " of " + size + " candidates; 1 to all of them can be kept.");
        }
        size = count;
        selected = selected < count ? selected : NONE;
    }

    /** The place of the one that was selected; empty if none was. */
    public OptionalInt selected() {
        return selected < 0 ? OptionalInt.empty() : OptionalInt.of(selected);
    }

    /** Selects the one at a place. */
    public void select(int place) {
        selected = checked(place);
    }

    private int checked(int place) {
        return Objects.checkIndex(place, size);
    }

    private static float checkLogit(int place, float logit) {
        if (!(logit < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "The logit of candidate " + place + " is " + logit + "; it must be a number or -Infinity.");
        }
        return logit;
    }

    @Override
    public String toString() {
        return "Candidates[" + size + (selected < 0 ? "]" : ", token " + ids[selected] + " selected]");
    }
}
