package dev.qwen4j;

import dev.qwen4j.internal.NativeBytes;
import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeMemory;
import dev.qwen4j.internal.NativeState;
import dev.qwen4j.internal.NativeState.Extent;
import dev.qwen4j.internal.ReusedBytes;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Puts states into a context that were checked before. llama.cpp empties a sequence before it finds that a state does not suit, so what is replaced is
 * kept until the new one is in place. For the thread that is inside the context.
 */
final class StateRestore {
    private final NativeState nativeState;
    private final NativeMemory memory;
    private final KvCache cache;
    private final ContextLimits limits;
    private final Results results;

    StateRestore(NativeContext nativeContext, KvCache cache, ContextLimits limits, Results results) {
        this.nativeState = nativeContext.state();
        this.memory = nativeContext.memory();
        this.cache = cache;
        this.limits = limits;
        this.results = results;
    }

    void sequence(NativeBytes payload, SequencePositions saved, int target) {
        long others = heldByOthers(target);
        boolean fits = checkRoom(saved, target, others);
        results.forget();
        if (memory.lastPosition(target) < 0) {
            putIn(() -> nativeState.restore(payload, target, Extent.FULL), target, fits, others, saved);
            return;
        }
        var before = nativeState.save(target, Extent.FULL);
        try {
            putIn(() -> nativeState.restore(payload, target, Extent.FULL), target, true, others, saved);
        } catch (LlamaException e) {
            nativeState.restore(before, target, Extent.FULL);
            throw e;
        } finally {
            before.free();
        }
    }

    /**
     * As {@link #sequence}, but what is replaced is not kept: if llama.cpp refuses, the sequence is empty.
     *
     * @param payload made only when there is room
     * @param joined what the sequence will hold
     */
    void rows(Supplier<ReusedBytes> payload, SequencePositions joined) {
        int target = joined.sequence();
        long others = heldByOthers(target);
        boolean fits = checkRoom(joined, target, others);
        var bytes = payload.get();
        try {
            results.forget();
            memory.remove(target);
            putIn(() -> nativeState.restore(bytes, target, Extent.FULL), target, fits, others, joined);
        } catch (LlamaException e) {
            throw e.with("Sequence " + target + " is empty now.");
        }
    }

    /** Whether it is certain that there are cells enough; where it is not, it can be tried. */
    private boolean checkRoom(SequencePositions saved, int target, long others) {
        limits.checkRoom(saved.last(), 0, saved.last() + 1);
        boolean fits = !limits.isUnified() || others + saved.span() <= limits.length();
        if (!fits && memory.lastPosition(target) >= 0) {
            // What is replaced might not find room again.
            throw full(others, saved);
        }
        return fits;
    }

    private void putIn(Runnable put, int target, boolean fits, long others, SequencePositions saved) {
        try {
            put.run();
        } catch (LlamaException e) {
            if (fits || e.kind() != LlamaException.Kind.FAILURE) {
                throw e;
            }
            throw full(others, saved);
        } finally {
            cache.replaced(target, 0);
        }
    }

    void all(NativeBytes payload, StateHeader header) {
        for (var saved : header.sequences()) {
            limits.checkedSequence(saved.sequence());
            limits.checkRoom(saved.last(), 0, saved.last() + 1);
        }
        results.forget();
        var before = nativeState.save(NativeState.WHOLE, Extent.FULL);
        try {
            nativeState.restore(payload, NativeState.WHOLE, Extent.FULL);
        } catch (LlamaException e) {
            nativeState.restore(before, NativeState.WHOLE, Extent.FULL);
            throw e;
        } finally {
            before.free();
        }
        cache.allReplaced();
        header.shared().forEach(pair -> cache.sharedCells().share(pair.low(), pair.high(), pair.end()));
    }

    void part(NativeBytes payload, StateHeader header, int target) {
        var saved = header.sequence();
        long rest = header.fullBytes() - payload.size();
        if (memory.lastPosition(target) < 0
                || nativeState.size(target, Extent.FULL) - nativeState.size(target, Extent.PARTIAL) < rest) {
            throw gone(saved, target);
        }
        results.forget();
        var before = nativeState.save(target, Extent.FULL);
        try {
            nativeState.restore(payload, target, Extent.PARTIAL);
            if (!memory.remove(target, saved.last() + 1, -1)
                    || nativeState.size(target, Extent.FULL) != header.fullBytes()) {
                nativeState.restore(before, target, Extent.FULL);
                throw gone(saved, target);
            }
        } catch (LlamaException e) {
            nativeState.restore(before, target, Extent.FULL);
            throw e;
        } finally {
            before.free();
            cache.replaced(target, memory.lastPosition(target) + 1);
        }
    }

    void snapshot(DeviceSnapshot snapshot, int target) {
        var saved = snapshot.held();
        long others = heldByOthers(target);
        if (limits.isUnified() && others + saved.span() > limits.length()) {
            throw full(others, saved);
        }
        results.forget();
        var description = NativeBytes.of(snapshot.description());
        try {
            nativeState.restore(description, target, Extent.ON_DEVICE);
        } finally {
            description.free();
            cache.replaced(target, 0);
        }
    }

    /** At most: cells that several share are counted for each. */
    private long heldByOthers(int target) {
        return IntStream.range(0, limits.maxSequences())
                .filter(sequence -> sequence != target && memory.lastPosition(sequence) >= 0)
                .mapToLong(sequence -> memory.lastPosition(sequence) - memory.firstPosition(sequence) + 1L)
                .sum();
    }

    private ContextFullException full(long others, SequencePositions saved) {
        return new ContextFullException(limits.length(), (int) Math.min(others, Integer.MAX_VALUE), (int)
                Math.min(saved.span(), Integer.MAX_VALUE));
    }

    private static StateException gone(SequencePositions saved, int target) {
        return new StateException(
                "The state is a part of a sequence of %,d positions, and sequence %d does not hold the rest of them any more. Evaluate its tokens again."
                        .formatted(saved.last() + 1, target));
    }
}
