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
        addAll(more, 0, more.length);
    }

    void addAll(int[] more, int from, int to) {
        ensureRoom(to - from);
        System.arraycopy(more, from, tokens, size, to - from);
        size += to - from;
    }

    void addAll(TokenList other, int from, int to) {
        addAll(other.tokens, from, to);
    }

    void truncate(int length) {
        size = length;
    }

    /** Takes tokens out of the middle. */
    void remove(int from, int to) {
        System.arraycopy(tokens, to, tokens, from, size - to);
        size -= to - from;
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

    /** How many of these and of others are the same from the beginning on. */
    int matches(TokenList other) {
        int most = Math.min(size, other.size);
        int mismatch = Arrays.mismatch(tokens, 0, most, other.tokens, 0, most);
        return mismatch < 0 ? most : mismatch;
    }

    private void ensureRoom(int more) {
        if (size + more > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(size + more, Math.addExact(size, size / 2 + 16)));
        }
    }
}
