package dev.qwen4j;

import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeContext.Outcome;
import dev.qwen4j.internal.NativeSampler;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Computes batches in a context, and makes results or an exception of every way in which that can end; after an exception the context holds what it held
 * before, nothing where its cache cannot be cut, or is closed. For the thread that is inside the context.
 */
final class Computation {
    private final NativeContext nativeContext;
    private final ContextLimits limits;
    private final Placement placement;
    private final Results results;
    private final ComputeThreads threads;
    private final DeviceSamplers samplers;
    private final boolean needsEncoding;
    private final String architecture;
    private final Runnable close;
    private boolean causal;
    private boolean embeddings;
    private final BitSet encoded = new BitSet();

    /**
     * Creates one.
     *
     * @param needsEncoding whether the decoder attends to what was encoded before
     * @param close closes the context
     */
    Computation(
            NativeContext nativeContext,
            ContextLimits limits,
            Placement placement,
            Results results,
            ComputeThreads threads,
            DeviceSamplers samplers,
            boolean needsEncoding,
            String architecture,
            boolean causal,
            boolean embeddings,
            Runnable close) {
        this.nativeContext = nativeContext;
        this.limits = limits;
        this.placement = placement;
        this.results = results;
        this.threads = threads;
        this.samplers = samplers;
        this.needsEncoding = needsEncoding;
        this.architecture = architecture;
        this.causal = causal;
        this.embeddings = embeddings;
        this.close = close;
    }

    void causal(boolean only) {
        nativeContext.setCausal(only);
        causal = only;
    }

    void embeddings(boolean compute) {
        nativeContext.setEmbeddings(compute);
        embeddings = compute;
    }

    boolean embeddings() {
        return embeddings;
    }

    void decode(int token) {
        if (samplers.isEmpty()) {
            decodeOne(token, List.of());
        } else {
            samplers.run(() -> decodeOne(token, List.of(samplers.chooser(0))));
        }
    }

    private void decodeOne(int token, List<Optional<NativeSampler>> chooser) {
        checkEncoded(0);
        placement.begin();
        placement.placeToken(token);
        run(1, nativeContext::decode);
        placement.computedToken();
        if (hasLogits()) {
            results.one(chooser);
        } else {
            results.embeddings(new boolean[] {true});
        }
    }

    void decode(Batch batch) {
        limits.checkEntries(batch);
        checkEncoded(batch);
        limits.checkSize(batch, causal);
        limits.checkPooling(batch, embeddings);
        samplers.run(() -> {
            placement.begin();
            decode(batch, 0, batch.size());
        });
    }

    void prefill(Batch batch) {
        limits.checkEntries(batch);
        checkEncoded(batch);
        limits.checkPooling(batch, embeddings);
        if (!causal || nativeContext.memory().isAbsent()) {
            limits.checkSize(batch, causal);
        }
        samplers.run(() -> {
            int most = limits.batchSize();
            for (int from = 0; from < batch.size(); from += most) {
                checkedOutputs(batch, from, Math.min(most, batch.size() - from));
            }
            placement.begin();
            placement.checkRoom(batch);
            for (int from = 0; from < batch.size(); from += most) {
                decode(batch, from, Math.min(most, batch.size() - from));
            }
        });
    }

    void encode(Batch batch) {
        limits.checkEntries(batch);
        limits.checkSize(batch, false);
        samplers.run(() -> {
            placement.beginAnew();
            var all = new boolean[batch.size()];
            Arrays.fill(all, true);
            limits.checkOutputs(all);
            compute(batch, 0, all, nativeContext::encode);
            if (needsEncoding) {
                results.embeddings(all);
            } else {
                results.of(all, List.of());
            }
            encoded.clear();
            for (int i = 0; i < batch.size(); i++) {
                encoded.set(batch.sequence(i));
                for (int other : batch.others(i)) {
                    encoded.set(other);
                }
            }
        });
    }

    /** A decoder has nothing to attend to any more. */
    void forgetEncoded() {
        encoded.clear();
    }

    private void decode(Batch batch, int from, int count) {
        var wanted = checkedOutputs(batch, from, count);
        compute(batch, from, wanted, nativeContext::decode);
        if (hasLogits()) {
            results.of(wanted, samplers.choosers(batch, from, count));
        } else {
            results.embeddings(wanted);
        }
    }

    private boolean hasLogits() {
        return !embeddings || !OutputHead.isLeftOutForEmbeddings(architecture);
    }

    private void compute(Batch batch, int from, boolean[] wanted, Supplier<Outcome> call) {
        placement.place(batch, from, wanted.length, wanted);
        run(wanted.length, call);
        placement.computed(batch, from, wanted.length);
    }

    /** Which of some entries ask for results. */
    private boolean[] checkedOutputs(Batch batch, int from, int count) {
        var wanted = new boolean[count];
        boolean all = embeddings || OutputHead.needsAllOutputs(architecture);
        for (int i = 0; i < count; i++) {
            wanted[i] = all || batch.output(from + i);
        }
        limits.checkOutputs(wanted);
        samplers.check(batch, from, wanted);
        return wanted;
    }

    private void run(int count, Supplier<Outcome> call) {
        results.forget();
        Outcome outcome;
        try {
            outcome = threads.compute(call);
        } catch (LlamaException e) {
            throw recovered(e);
        }
        var thrown = nativeContext.listenerFailure();
        if (thrown.isPresent()) {
            placement.undo(true);
            throw new Qwen4jException("Decoding ended because its eval listener threw.", thrown.get());
        }
        switch (outcome) {
            case DONE -> placement.done();
            case NO_ROOM -> {
                placement.undo(false);
                throw new ContextFullException(limits.length(), placement.cellsHeld(), count);
            }
            case CANCELLED, STOPPED -> {
                // Micro-batches that were finished before stay in the cache.
                placement.undo(true);
                throw new CancelledException(
                        "Decoding " + count + " tokens at position " + placement.held() + " was cancelled.");
            }
        }
    }

    private LlamaException recovered(LlamaException e) {
        if (nativeContext.isBroken()) {
            // Freed when this call leaves.
            close.run();
            return e.with("The failure came in the middle of a computation, so the context is closed; create another.");
        }
        if (e.kind() != LlamaException.Kind.EXITING) {
            placement.undo(true);
        }
        return e;
    }

    private void checkEncoded(int sequence) {
        if (needsEncoding && !encoded.get(sequence)) {
            throw new IllegalStateException(
                    "Nothing was encoded for sequence " + sequence
                            + ", which the model's decoder attends to; call encode. Each encode replaces what was encoded before, of all sequences.");
        }
    }

    private void checkEncoded(Batch batch) {
        for (int i = 0; i < batch.size(); i++) {
            checkEncoded(batch.sequence(i));
            for (int other : batch.others(i)) {
                checkEncoded(other);
            }
        }
    }
}
