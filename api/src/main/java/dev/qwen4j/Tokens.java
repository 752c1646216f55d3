package dev.qwen4j;

import java.util.Arrays;

/** A growing list of tokens. For one thread. */
final class Tokens {
    private int[] tokens = new int[256];
    private int size;

    void add(int token) {
        room(1);
        tokens[size++] = token;
    }

    void add(int[] more) {
        room(more.length);
        System.arraycopy(more, 0, tokens, size, more.length);
        size += more.length;
    }

    /** The last one; there must be one. */
    int last() {
        return tokens[size - 1];
    }

    int[] toArray() {
        return Arrays.copyOf(tokens, size);
    }

    private void room(int more) {
        int needed = Math.addExact(size, more);
        if (needed > tokens.length) {
            tokens = Arrays.copyOf(tokens, (int) Math.max(needed, Math.min(2L * tokens.length, Integer.MAX_VALUE - 8)));
        }
    }
}
