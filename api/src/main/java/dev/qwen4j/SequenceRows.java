package dev.qwen4j;

import dev.qwen4j.internal.NativeBytes;
import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeModel;
import dev.qwen4j.internal.NativeState;
import dev.qwen4j.internal.NativeState.Extent;
import dev.qwen4j.internal.ReusedBytes;
import dev.qwen4j.internal.SequenceBlob;
import dev.qwen4j.internal.SequenceBlobReader;
import dev.qwen4j.internal.SequenceBlobReader.Expected;
import dev.qwen4j.internal.SequenceBlobWriter;
import java.util.List;
import java.util.Optional;

/** Cuts the keys and values of tokens out of a context, and joins them to what a context takes. For the thread that is inside the context. */
final class SequenceRows {
    private final NativeState nativeState;
    private final ReusedBytes blob;
    private final StateParameters parameters;
    private final String architecture;
    private final Optional<String> obstacle;

    /** Of a context that holds nothing yet. */
    SequenceRows(
            NativeContext nativeContext,
            NativeModel nativeModel,
            ReusedBytes blob,
            KvCache cache,
            ContextLimits limits,
            StateParameters parameters,
            boolean borrowsCache,
            String architecture) {
        this.nativeState = nativeContext.state();
        this.blob = blob;
        this.parameters = parameters;
        this.architecture = architecture;
        this.obstacle = nativeContext.memory().isAbsent()
                ? Optional.of("it has no cache")
                : obstacle(nativeModel, cache, limits, borrowsCache);
    }

    private Optional<String> obstacle(
            NativeModel nativeModel, KvCache cache, ContextLimits limits, boolean borrowsCache) {
        if (borrowsCache) {
            return Optional.of("the context works for another one, and has no state of its own");
        }
        if (cache.cannotAlwaysBeCut()) {
            return Optional.of("recurrent states and sliding windows are not kept for each token");
        }
        if (nativeModel.hasEncoder()) {
            return Optional.of("what it keeps of tokens depends on what was encoded");
        }
        if (limits.positionDimensions() > 1) {
            return Optional.of("its positions have several dimensions");
        }
        return isPlain() ? Optional.empty() : Optional.of("its cache keeps more than keys and values");
    }

    /** Whether there is nothing but one cache of keys and values: of others, a sequence that holds nothing has another size. */
    private boolean isPlain() {
        try {
            return nativeState.size(0, Extent.FULL) == SequenceBlob.emptySize(parameters.streams());
        } catch (LlamaException e) {
            return false;
        }
    }

    boolean isPossible() {
        return obstacle.isEmpty();
    }

    void checkPossible() {
        obstacle.ifPresent(why -> {
            throw new StateException("Rows cannot be cut out of the cache of this context (" + architecture + "): "
                    + why + ". Use save for all of a sequence, or evaluate the tokens again.");
        });
    }

    /** Takes the positions of the header's sequence, which holds so many. */
    KvRows save(StateHeader header, int tokens) {
        var wanted = header.sequence();
        try {
            nativeState.save(wanted.sequence(), Extent.FULL, blob);
            var expected = new Expected(
                    wanted.sequence(), parameters.streams(), tokens, parameters.keyType(), parameters.valueType());
            var rows = new SequenceBlobReader(blob, expected).rows(wanted.first(), wanted.last() + 1);
            return KvRows.own(header, rows);
        } finally {
            blob.clear();
        }
    }

    /** Takes all that a state has. */
    KvRows of(NativeBytes payload, StateHeader header) {
        var saved = header.sequence();
        var expected = new Expected(
                saved.sequence(),
                header.parameters().streams(),
                saved.last() + 1,
                parameters.keyType(),
                parameters.valueType());
        return KvRows.own(header, new SequenceBlobReader(payload, expected).rows(0, saved.last() + 1));
    }

    /** Puts in what a sequence would have that these rows are all of. */
    void restore(List<KvRows> rows, StateRestore restore, SequencePositions joined) {
        try {
            restore.rows(() -> join(rows, joined.last() + 1), joined);
        } finally {
            blob.clear();
        }
    }

    private ReusedBytes join(List<KvRows> rows, int tokens) {
        var writer = rows.getFirst().lend(like -> new SequenceBlobWriter(like, parameters.streams(), tokens, blob));
        for (var piece : rows) {
            piece.lend(lent -> writer.put(lent, piece.from()));
        }
        return blob;
    }
}
