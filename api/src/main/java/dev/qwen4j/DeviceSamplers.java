package dev.qwen4j;

import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeSampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The samplers that are attached to a context's sequences, and which results they choose from. For the thread that is inside the context.
 *
 * <p>One can be closed by another thread at any time: llama.cpp looks at it while it computes, and then this is inside of it; before it computes again,
 * this has forgotten it.
 */
final class DeviceSamplers {
    /** A sampler that was attached; not its handle, for that holds on to the context. */
    record Attached(NativeSampler sampler, Lifetime lifetime) {}

    private final NativeContext nativeContext;
    private final ContextLimits limits;
    private final Map<Integer, Attached> bySequence = new TreeMap<>();

    DeviceSamplers(NativeContext nativeContext, ContextLimits limits) {
        this.nativeContext = nativeContext;
        this.limits = limits;
    }

    boolean isEmpty() {
        return bySequence.isEmpty();
    }

    void attach(int sequence, Attached attached) {
        var before = bySequence.get(sequence);
        if (before != null && before.lifetime().isClosed()) {
            detach(sequence);
        } else if (before != null) {
            throw new IllegalStateException(
                    "Sequence " + sequence + " has a sampler attached; detach that one, or close it.");
        }
        bySequence.put(sequence, attached);
        try {
            attached.sampler().attach(nativeContext, sequence);
        } catch (Throwable e) {
            detach(sequence);
            attached.sampler().detach();
            throw e;
        }
    }

    /** The sampler that is attached to a sequence is it no more; does nothing if another one is. */
    void detach(int sequence, NativeSampler sampler) {
        var attached = bySequence.get(sequence);
        if (attached != null && attached.sampler() == sampler) {
            detach(sequence);
        }
    }

    private void detach(int sequence) {
        nativeContext.detachSampler(sequence);
        bySequence.remove(sequence);
    }

    /** Runs computations inside of all attached samplers, so that none is used by others or freed meanwhile. */
    void run(Runnable computations) {
        var entered = new ArrayList<Lifetime>();
        try {
            for (var entry : List.copyOf(bySequence.entrySet())) {
                var lifetime = entry.getValue().lifetime();
                if (lifetime.enterIfOpen()) {
                    entered.add(lifetime);
                } else {
                    detach(entry.getKey());
                }
            }
            computations.run();
        } finally {
            entered.forEach(Lifetime::leave);
        }
    }

    /**
     * Checks the results that entries of a batch ask for.
     *
     * @throws IllegalArgumentException if a sampler would have to choose for more of them than it can
     */
    void check(Batch batch, int from, boolean[] wanted) {
        if (isEmpty()) {
            return;
        }
        var outputs = new int[limits.maxSequences()];
        for (int i = 0; i < wanted.length; i++) {
            if (!wanted[i]) {
                continue;
            }
            int sequence = batch.sequence(from + i);
            for (int other : batch.others(from + i)) {
                if (bySequence.containsKey(sequence) || bySequence.containsKey(other)) {
                    throw new IllegalArgumentException(
                            "Entry %d asks for a result for sequences %d and %d, of which one has a sampler attached. Ask for it in an entry of one sequence."
                                    .formatted(from + i, sequence, other));
                }
            }
            if (++outputs[sequence] > limits.maxOutputsPerSequence() && bySequence.containsKey(sequence)) {
                throw new IllegalArgumentException(
                        "More than %d tokens of sequence %d, which has a sampler attached, ask for results in one batch; create the context with a larger maxOutputsPerSequence, or detach the sampler."
                                .formatted(limits.maxOutputsPerSequence(), sequence));
            }
        }
    }

    /** Who chooses from the result of each of some entries; empty if nobody is attached. */
    List<Optional<NativeSampler>> choosers(Batch batch, int from, int count) {
        if (isEmpty()) {
            return List.of();
        }
        var choosers = new ArrayList<Optional<NativeSampler>>();
        for (int i = 0; i < count; i++) {
            choosers.add(chooser(batch.sequence(from + i)));
        }
        return choosers;
    }

    /** Who chooses from the results of a sequence. */
    Optional<NativeSampler> chooser(int sequence) {
        return Optional.ofNullable(bySequence.get(sequence)).map(Attached::sampler);
    }
}
