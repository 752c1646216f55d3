package dev.qwen4j.engine;

/** A sequence of the context: a path through the prefix tree to the end of a run, of which the first tokens are computed. */
final class CachedSequence {
    private final int id;
    private Run tail;
    private int computed;
    private boolean busy;
    private long lastUsed;

    CachedSequence(int id, Run tail, int computed) {
        this.id = id;
        this.tail = tail;
        this.computed = computed;
        tail.end(this);
    }

    /** What the context calls it. */
    int id() {
        return id;
    }

    Run tail() {
        return tail;
    }

    void tail(Run run) {
        tail = run;
    }

    /** How many tokens it has, computed or not. */
    int length() {
        return tail.stop();
    }

    /** How many of them are in the cache. */
    int computed() {
        return computed;
    }

    void computed(int tokens) {
        computed = tokens;
    }

    /** Whether a generation goes on in it. */
    boolean isBusy() {
        return busy;
    }

    void busy(boolean now) {
        busy = now;
    }

    /** When a generation last ended in it, or took something from it; larger is later. */
    long lastUsed() {
        return lastUsed;
    }

    void used(long time) {
        lastUsed = time;
    }
}
