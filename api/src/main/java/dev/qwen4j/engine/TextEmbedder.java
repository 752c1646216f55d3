package dev.qwen4j.engine;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.Pooling;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Computes embeddings in a context of its own, since one that generates computes none; made when it is first asked for, on a thread of its own. */
final class TextEmbedder implements AutoCloseable {
    private final Model model;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("qwen4j-embedder").factory());
    private volatile @Nullable Context context;

    TextEmbedder(Model model) {
        this.model = model;
    }

    /** The embedding of each text, pooled as the model says, or their mean where it does not say; waits. */
    List<float[]> embed(List<String> texts) {
        try {
            return thread.submit(() -> texts.stream().map(this::embed).toList()).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Unfinished.because(FinishReason.CANCELLED);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        }
    }

    private float[] embed(String text) {
        var current = context();
        int[] tokens = model.tokenizer().encode(text, true);
        current.clear();
        var batch = new Batch();
        for (int token : tokens) {
            batch.add(token, true);
        }
        current.decode(batch);
        return current.pooledEmbedding(0);
    }

    private Context context() {
        var current = context;
        if (current == null) {
            current = newContext(Pooling.MODEL);
            if (current.pooling() == Pooling.NONE) {
                current.close();
                current = newContext(Pooling.MEAN);
            }
            context = current;
        }
        return current;
    }

    /** A text is pooled in one micro-batch. */
    private Context newContext(Pooling pooling) {
        return model.newContext(
                o -> o.embeddings(true).pooling(pooling).batchSize(o.length()).microBatchSize(o.length()));
    }

    @Override
    public void close() {
        thread.shutdown();
        var current = context;
        if (current != null) {
            // What is being computed ends soon.
            current.close();
        }
    }
}
