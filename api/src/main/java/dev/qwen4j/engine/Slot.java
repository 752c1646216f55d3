package dev.qwen4j.engine;

import org.jspecify.annotations.Nullable;

/** A sequence of the context, which has a stream of cells of its own: what lies there, and who goes on from it. For the engine's thread. */
final class Slot {
    private final int id;
    private final TokenList tokens = new TokenList();
    private Namespace namespace = Namespace.SHARED;
    private @Nullable Request user;
    private int stored;
    private long lastUsed;

    Slot(int id) {
        this.id = id;
    }

    /** What the context calls it. */
    int id() {
        return id;
    }

    /** The tokens that lie there, computed. */
    TokenList tokens() {
        return tokens;
    }

    int length() {
        return tokens.size();
    }

    Namespace namespace() {
        return namespace;
    }

    /** Whether something is computed in it. */
    boolean isBusy() {
        return user != null;
    }

    /** Who computes in it. */
    Request user() {
        var current = user;
        if (current == null) {
            throw new AssertionError("Nobody uses slot " + id + ".");
        }
        return current;
    }

    /** How many of its first tokens lie in host memory too. */
    int stored() {
        return Math.min(stored, tokens.size());
    }

    void stored(int count) {
        stored = count;
    }

    /** When it was last computed in; larger is later. */
    long lastUsed() {
        return lastUsed;
    }

    void begin(Request request) {
        user = request;
        namespace = request.namespace();
    }

    void end(long now) {
        user = null;
        lastUsed = now;
    }

    /** Only the first tokens lie there any more. */
    void truncate(int length) {
        tokens.truncate(length);
        stored = Math.min(stored, length);
    }

    /** Others lie there now. */
    void hold(Namespace whose, int[] prompt, int length, int inHostMemory) {
        tokens.truncate(0);
        tokens.addAll(prompt, 0, length);
        namespace = whose;
        stored = inHostMemory;
    }
}
