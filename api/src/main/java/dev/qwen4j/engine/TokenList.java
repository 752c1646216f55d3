package dev.qwen4j.engine;

import java.util.Arrays;

/** Tokens in an array that grows. */
final class TokenList {
    private int[] tokens;
    private int size;

    TokenList() {
        this(new int[16], 0);
    }

    private TokenList(int[] tokens, int size) {
        this.tokens = tokens;
        this.size = size;
    }

    static TokenList copyOf(int[] tokens, int from, int to) {
        return new TokenList(Arrays.copyOfRange(tokens, from, Math.max(to, from + 1)), to - from);
    }

    int size() {
        return size;
    }

    int get(int index) {
        return tokens[index];
    }

    void add(int token) {
        ensureRoom(1);
        tokens[size++] = token;
    }

    void addAll(int[] more) {
        ensureRoom(more.length);
        System.arraycopy(more, 0, tokens, size, more.length);
        size += more.length;
    }

    void truncate(int length) {
        size = length;
    }

    /** The tokens from an index on, which are no longer here. */
    TokenList cut(int from) {
        var rest = copyOf(tokens, from, size);
        size = from;
        return rest;
    }

    int[] toArray() {
        return Arrays.copyOf(tokens, size);
    }

    /** How many of these are those of an array from an index on. */
    int matches(int[] other, int from) {
        int most = Math.min(size, other.length - from);
        int mismatch = Arrays.mismatch(tokens, 0, most, other, from, from + most);
        return mismatch < 0 ? most : mismatch;
    }

    private void ensureRoom(int more) {
        if (size + more > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(size + more, Math.addExact(size, size / 2 + 16)));
        }
    }
}
