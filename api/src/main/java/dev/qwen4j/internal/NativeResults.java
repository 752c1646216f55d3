package dev.qwen4j.internal;

import dev.qwen4j.Pooling;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The logits and embeddings of a context's last batch, which lie in the context's memory. For the thread that uses the context; indices are the caller's
 * to check.
 */
public final class NativeResults {
    private final MemorySegment context;
    private final Guard guard;
    private final int vocabularySize;
    private final int embeddingLength;
    private final int pooledLength;
    /** Of the views that were given out since the last batch. */
    private @Nullable Arena views;

    NativeResults(NativeModel model, MemorySegment context, Pooling pooling, Guard guard) {
        this.context = context;
        this.guard = guard;
        this.vocabularySize = model.vocabulary().size();
        this.embeddingLength = model.outputEmbeddingLength();
        this.pooledLength = pooling == Pooling.RANK ? model.classifierOutputCount() : embeddingLength;
    }

    /** The logits of a token, one for each token of the vocabulary. */
    public float[] logits(int index) {
        return copy(logitsRow(index), vocabularySize);
    }

    /** The same, where it lies; refuses access after {@link #invalidate}. */
    public FloatBuffer logitsView(int index) {
        return view(logitsRow(index), vocabularySize);
    }

    /** The embedding of a token. */
    public float[] embedding(int index) {
        return copy(embeddingRow(index), embeddingLength);
    }

    /** The same, where it lies; refuses access after {@link #invalidate}. */
    public FloatBuffer embeddingView(int index) {
        return view(embeddingRow(index), embeddingLength);
    }

    /** The embedding of a sequence, or its scores. */
    public float[] pooled(int sequence) {
        var row = LlamaCpp.qwen4j_pooled_embedding(guard.error(), context, sequence);
        guard.check("get the embedding of sequence " + sequence);
        return copy(row, pooledLength);
    }

    /** Ends the lifetime of all views. */
    public void invalidate() {
        if (views != null) {
            views.close();
            views = null;
        }
    }

    private MemorySegment logitsRow(int index) {
        var row = LlamaCpp.qwen4j_logits(guard.error(), context, index);
        guard.check("get the logits of token " + index + " of the last batch");
        return row;
    }

    private MemorySegment embeddingRow(int index) {
        var row = LlamaCpp.qwen4j_embedding(guard.error(), context, index);
        guard.check("get the embedding of token " + index + " of the last batch");
        return row;
    }

    private static float[] copy(MemorySegment row, int count) {
        try (var call = Arena.ofConfined()) {
            return Pointers.sized(row, (long) count * Float.BYTES, call).toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private FloatBuffer view(MemorySegment row, int count) {
        return Pointers.sized(row, (long) count * Float.BYTES, views())
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer()
                .asReadOnlyBuffer();
    }

    @SuppressWarnings("MustBeClosedChecker") // by invalidate
    private Arena views() {
        var arena = views;
        if (arena == null) {
            arena = Arena.ofShared();
            views = arena;
        }
        return arena;
    }
}
