package dev.qwen4j.engine;

import dev.qwen4j.Context;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Something to be computed, on its way through the engine. For the engine's thread; cancelled by any. */
abstract class Request {
    private final Demand demand;
    private Namespace namespace;
    private final Transcript transcript;
    private final int promptTokens;
    private int batched;
    private final long asked = System.nanoTime();
    private final TreeSet<Integer> checkpoints = new TreeSet<>();
    private volatile boolean cancelled;
    private long order;
    private int cachedTokens;
    private Reuse reuse = Reuse.NOTHING_CACHED;
    private long begun;
    private long resumed;
    private long lastComputed;
    private boolean failedOnce;
    private @Nullable Slot slot;

    Request(Demand demand, Transcript transcript) {
        this.demand = demand;
        this.namespace = demand.namespace();
        this.transcript = transcript;
        this.promptTokens = transcript.size();
        this.batched = promptTokens;
    }

    Demand demand() {
        return demand;
    }

    Namespace namespace() {
        return namespace;
    }

    /** The prompt, and what was generated behind it. */
    Transcript transcript() {
        return transcript;
    }

    TokenList tokens() {
        return transcript.tokens();
    }

    int promptTokens() {
        return promptTokens;
    }

    /** How many of its first tokens may be computed together; where batches must not differ, each of the others is one of its own, as it was at first. */
    int batched() {
        return batched;
    }

    /** Others of its tokens stand from a position on than were computed: these are computed again, together, and nobody has said that they are public. */
    void changedFrom(int position) {
        namespace = namespace.upTo(position);
        batched = tokens().size();
        slot().begin(this);
        slot().truncate(Math.min(position, slot().length()));
    }

    /** Asks for its end. Any thread. */
    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Its place among those that wait; smaller came earlier. */
    long order() {
        return order;
    }

    void order(long place) {
        order = place;
    }

    /** Whether it has a slot. */
    boolean isActive() {
        return slot != null;
    }

    /** Its slot, while it is computed. */
    Slot slot() {
        var current = slot;
        if (current == null) {
            throw new AssertionError("The request is not active.");
        }
        return current;
    }

    /** How many of its tokens are to be computed. */
    int uncomputed() {
        return tokens().size() - slot().length();
    }

    /** Goes on in a slot, which holds the first of its tokens. */
    void begin(Slot in, Reuse why) {
        slot = in;
        in.begin(this);
        resumed = System.nanoTime();
        if (begun == 0) {
            begun = resumed;
            cachedTokens = in.length();
            reuse = why;
        }
    }

    /** Goes on in another slot, which holds what its own held. */
    void move(Slot to) {
        slot = to;
        to.begin(this);
    }

    /** It loses its slot; what was generated stays. */
    void suspend() {
        slot = null;
    }

    /** When it was asked for. */
    long asked() {
        return asked;
    }

    /** When it first had a slot; 0 if it had none. */
    long begun() {
        return begun;
    }

    /** When it got the slot that it has. */
    long resumed() {
        return resumed;
    }

    /** When part of its prompt was last computed. */
    long lastComputed() {
        return lastComputed;
    }

    void computedAt(long now) {
        lastComputed = now;
    }

    /** How many tokens of the prompt it did not have to compute. */
    int cachedTokens() {
        return cachedTokens;
    }

    Reuse reuse() {
        return reuse;
    }

    /** Its computation failed; says whether it had not before. */
    boolean mayTryAgain() {
        boolean first = !failedOnce;
        failedOnce = true;
        return first;
    }

    /** Others go on from here. */
    void checkpoint(int position) {
        checkpoints.add(position);
    }

    /** How many of its next tokens may be computed together: none that comes after a checkpoint. */
    int untilCheckpoint() {
        var next = checkpoints.higher(slot().length());
        return next == null ? uncomputed() : Math.min(uncomputed(), next - slot().length());
    }

    boolean isAtCheckpoint() {
        return checkpoints.contains(slot().length());
    }

    /** How many of its tokens need not be computed if they were before; the logits of the others are wanted. */
    abstract int reusable();

    /** Whether the logits at a position are wanted. */
    abstract boolean wantsOutput(int position);

    /** Prepares what depends on the context, which may be another one than before. */
    abstract void prepare(Context context);

    /** The context is gone, and with it what was prepared. */
    void contextLost() {}

    /** Tokens that may come next, to be computed on trial beside its own. */
    TokenList draft(int most) {
        return new TokenList();
    }

    /**
     * Some of its tokens were computed, and lie in the slot already.
     *
     * @param part which
     * @return why it ends, if it does
     */
    abstract Optional<FinishReason> computed(Context context, Part part);

    /** Ends with what there is. */
    abstract void finish(FinishReason reason);

    abstract void fail(RuntimeException e);

    /** How many tokens it has generated. */
    int generatedTokens() {
        return 0;
    }

    /** Whether it is to wait until somebody has read what there is. */
    boolean isBehind() {
        return false;
    }
}
