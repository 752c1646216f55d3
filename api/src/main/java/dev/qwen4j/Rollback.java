package dev.qwen4j;

import java.util.Arrays;

/**
 * How many of its last tokens each sequence's recurrent state can take back, once: those of the last batch but its first. llama.cpp goes back further than
 * that, to states that some architectures (lfm2moe, qwen4exp, bailingmoe3) have not kept. For one thread at a time.
 */
final class Rollback {
    private final int most;
    private final int[] tokens;

    /**
     * Creates one.
     *
     * @param most 0 where states cannot be taken back, or there are none
     */
    Rollback(int most, int sequences) {
        this.most = most;
        this.tokens = new int[most == 0 ? 0 : sequences];
    }

    /** Whether there are states that can be taken back. */
    boolean isPossible() {
        return most > 0;
    }

    /** Whether this does not stand against taking some tokens back; where there is no rollback, llama.cpp decides. */
    boolean allows(int sequence, int count) {
        return most == 0 || count <= tokens[sequence];
    }

    /** One token of sequence 0 was computed. */
    void computedToken() {
        none(0);
    }

    /** Entries of a batch were computed. */
    void computed(Batch batch, int from, int count) {
        if (most == 0) {
            return;
        }
        for (int i = from; i < from + count; i++) {
            tokens[batch.sequence(i)] = -1;
        }
        for (int i = from; i < from + count; i++) {
            tokens[batch.sequence(i)] = Math.min(most, tokens[batch.sequence(i)] + 1);
        }
        // A token of several sequences has one state: taking it back for one would change the others.
        for (int i = from; i < from + count; i++) {
            if (batch.others(i).length > 0) {
                none(batch.sequence(i));
            }
            for (int other : batch.others(i)) {
                none(other);
            }
        }
    }

    /** A sequence was taken back, copied or forgotten. */
    void none(int sequence) {
        if (most > 0) {
            tokens[sequence] = 0;
        }
    }

    /** All other sequences were forgotten. */
    void keep(int sequence) {
        for (int other = 0; other < tokens.length; other++) {
            if (other != sequence) {
                none(other);
            }
        }
    }

    /** All sequences were forgotten. */
    void clear() {
        Arrays.fill(tokens, 0);
    }
}
