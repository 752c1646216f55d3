package dev.qwen4j;

/**
 * A copy of a sequence that stays on the devices where its context computes: quick to take and to restore, and of that context only.
 *
 * <p>A sequence has one: taking another one makes the first stale. Its memory is kept, for the next one, until the context is closed. As its context, for
 * one thread at a time; needs no closing.
 */
public final class DeviceSnapshot {
    private final ContextStates owner;
    private final SequencePositions held;
    private final int generation;
    private final byte[] description;

    DeviceSnapshot(ContextStates owner, SequencePositions held, int generation, byte[] description) {
        this.owner = owner;
        this.held = held;
        this.generation = generation;
        this.description = description;
    }

    /** The sequence that it was taken of. */
    public int sequence() {
        return held.sequence();
    }

    /** The position of the token that comes after it. */
    public int position() {
        return held.last() + 1;
    }

    ContextStates owner() {
        return owner;
    }

    SequencePositions held() {
        return held;
    }

    int generation() {
        return generation;
    }

    byte[] description() {
        return description;
    }
}
