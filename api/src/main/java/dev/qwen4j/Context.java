package dev.qwen4j;

import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeModel;
import dev.qwen4j.internal.NativeSampler;
import dev.qwen4j.internal.ReusedBytes;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * Sequences of tokens and what a model remembers of them: decodes tokens, and gives the logits of what could come next, or embeddings.
 *
 * <p>Made by {@link Model#newContext}, owned by that model and closed with it. For one thread at a time: a second one that enters meanwhile gets a
 * {@link ConcurrentUseException}. Only {@link #cancel} and {@link #close} may be called by others at any time.
 */
public final class Context implements AutoCloseable {
    private final Model model;
    private final NativeContext nativeContext;
    private final Lifetime lifetime;
    private final ContextLimits limits;
    private final KvCache cache;
    private final ContextStates states;
    private final Results results;
    private final ComputeThreads threads;
    private final DeviceSamplers samplers;
    private final Computation computation;
    private final boolean canEncode;

    private Context(
            Model model,
            List<Lifetime> parents,
            NativeModel nativeModel,
            NativeContext nativeContext,
            ContextOptions options) {
        this.model = model;
        this.nativeContext = nativeContext;
        var threads = new ComputeThreads(nativeContext);
        var results = new Results(nativeContext.results(), model.architecture());
        var blob = new ReusedBytes();
        this.threads = threads;
        this.results = results;
        limits = new ContextLimits(model, nativeModel, nativeContext, options);
        canEncode = nativeModel.hasEncoder() || nativeContext.memory().isAbsent();
        // None of these may hold on to the context: what is not reachable but through them was never closed.
        lifetime = new Lifetime(
                "context",
                Lifetime.Sharing.ONE_THREAD,
                nativeContext::clearCancel,
                nativeContext::requestCancel,
                () -> {
                    results.forget();
                    blob.free();
                    nativeContext.free();
                    threads.detach();
                });
        cache = new KvCache(nativeContext, lifetime, limits, nativeModel, model.architecture());
        states = new ContextStates(model, nativeModel, nativeContext, blob, lifetime, limits, options, cache, results);
        samplers = new DeviceSamplers(nativeContext, limits);
        computation = new Computation(
                nativeContext,
                limits,
                new Placement(nativeContext, cache, model.tokenizer(), limits),
                results,
                threads,
                samplers,
                nativeModel.hasEncoder() && nativeModel.hasDecoder(),
                model.architecture(),
                options.attention().isCausal(model.header()),
                options.embeddings(),
                lifetime::close);
        lifetime.takeOver(this, parents);
    }

    static Context create(Model model, Lifetime parent, NativeModel nativeModel, ContextOptions options) {
        var parents = new ArrayList<>(List.of(parent));
        options.companion().ifPresent(other -> parents.add(other.lifetime));
        var nativeContext =
                new NativeContext(nativeModel, options, options.companion().map(other -> other.nativeContext));
        try {
            return new Context(model, parents, nativeModel, nativeContext, options);
        } catch (Throwable e) {
            nativeContext.free();
            throw e;
        }
    }

    /** The model. */
    public Model model() {
        return model;
    }

    /** The most tokens that it can hold, all sequences together; at least as many as were asked for. */
    public int length() {
        return limits.length();
    }

    /** The most tokens that one sequence can hold. */
    public int sequenceLength() {
        return limits.sequenceLength();
    }

    /** The most tokens of one decode. */
    public int batchSize() {
        return limits.batchSize();
    }

    /** The most tokens that are computed together. */
    public int microBatchSize() {
        return limits.microBatchSize();
    }

    /** The number of its sequences. */
    public int maxSequences() {
        return limits.maxSequences();
    }

    /** How embeddings are pooled; never {@link Pooling#MODEL}. */
    public Pooling pooling() {
        return lifetime.call(nativeContext::pooling);
    }

    /** The number of tokens that sequence 0 holds, which is the position of the next one. */
    public int position() {
        return position(0);
    }

    /** The position of the next token of a sequence. */
    public int position(int sequence) {
        return lifetime.call(() -> nextPosition(limits.checkedSequence(sequence)));
    }

    /** What it remembers. */
    public KvCache kvCache() {
        return cache;
    }

    /** Saves what it remembers, and restores it. */
    public ContextStates states() {
        return states;
    }

    /**
     * Decodes tokens of sequence 0 in one batch, behind those that are there, with logits for the last one; blocks until they are computed.
     *
     * @throws IllegalArgumentException if there are none, more than {@link #batchSize}, or one is not in the vocabulary
     * @throws ContextFullException if they do not fit
     * @throws CancelledException if {@link #cancel} or {@link #close} was called meanwhile; the context then holds what it held before, or nothing
     *     where its cache cannot be cut (see {@link #rewind}); where it is a recurrent state, of no sequence
     * @throws LlamaException if llama.cpp fails; the context then holds what it held before, nothing where its cache cannot be cut, or, where the message
     *     says so, is closed
     * @throws ModelFileChangedException if the model's file was cut short or written over
     * @throws IllegalStateException if the context is closed, or nothing was encoded that the model's decoder attends to
     */
    public void decode(int... tokens) {
        if (tokens.length == 1) {
            lifetime.enter();
            try {
                computation.decode(tokens[0]);
            } finally {
                lifetime.leave();
            }
        } else {
            decode(Batch.of(tokens));
        }
    }

    /**
     * Decodes a batch; as {@link #decode(int...)}, with results for those entries that want them, or for all if {@linkplain #setEmbeddings embeddings}
     * are computed.
     *
     * @throws IllegalArgumentException also if an entry's sequence, position or embedding is none that the context has
     */
    public void decode(Batch batch) {
        lifetime.run(() -> computation.decode(batch));
    }

    /**
     * Decodes any number of tokens of sequence 0, in batches of {@link #batchSize}, with logits for the last one: what is done with a prompt.
     *
     * <p>The exceptions are those of {@link #decode(int...)}; whatever is thrown, none of the tokens stay, nor anything else where the cache cannot be cut.
     */
    public void prefill(int... tokens) {
        prefill(Batch.of(tokens));
    }

    /** Decodes a batch of any size in batches of {@link #batchSize}; results are there for the last of them only. As {@link #prefill(int...)}. */
    public void prefill(Batch batch) {
        lifetime.run(() -> computation.prefill(batch));
    }

    /**
     * Runs the encoder on a batch: embeddings of a model that has no decoder, or what the decoder of an encoder-decoder then attends to, in place of what was
     * encoded before, of all sequences.
     *
     * @throws IllegalStateException if the model has no encoder
     * @throws CancelledException if {@link #cancel} or {@link #close} was called meanwhile
     * @throws IllegalArgumentException also if the batch is larger than {@link #microBatchSize}: it is computed at once
     */
    public void encode(Batch batch) {
        lifetime.run(() -> {
            if (!canEncode) {
                throw new IllegalStateException("The model (" + model.architecture() + ") has no encoder; use decode.");
            }
            computation.encode(batch);
        });
    }

    /** The logits of the last token of the last batch, one for each token of the vocabulary; see {@link #logits(int)}. */
    public float[] logits() {
        return lifetime.call(() -> results.logits(results.last()));
    }

    /**
     * A copy of the logits of a token of the last batch: unnormalised log-probabilities of what comes after it, one for each token of the vocabulary.
     *
     * @param index the token's place in the batch
     * @throws IllegalArgumentException if there is no such token, or it asked for no logits
     * @throws IllegalStateException if the model computes embeddings only, or a sampler that is {@linkplain Sampler#attach attached} to the token's
     *     sequence has left them on the device
     */
    public float[] logits(int index) {
        return lifetime.call(() -> results.logits(index));
    }

    /**
     * The logits of a token where they lie, read-only and not copied; after the next decode, or close, every access is an IllegalStateException.
     *
     * <p>The exceptions are those of {@link #logits(int)}.
     */
    public FloatBuffer logitsView(int index) {
        return lifetime.call(() -> results.logitsView(index));
    }

    /**
     * A copy of the embedding of a token of the last batch, {@link Model#outputEmbeddingLength} numbers.
     *
     * @throws IllegalStateException if the context computes no embeddings, pools them, or has no results
     * @throws IllegalArgumentException if there is no such token, or it asked for no results
     */
    public float[] embedding(int index) {
        return lifetime.call(() -> {
            checkTokenEmbeddings();
            return results.embedding(index);
        });
    }

    /** The embedding of a token where it lies; as {@link #logitsView}. */
    public FloatBuffer embeddingView(int index) {
        return lifetime.call(() -> {
            checkTokenEmbeddings();
            return results.embeddingView(index);
        });
    }

    /**
     * The pooled embedding of a sequence of the last batch, or with {@link Pooling#RANK} its scores.
     *
     * @throws IllegalStateException if the context computes no embeddings, or does not pool them
     */
    public float[] pooledEmbedding(int sequence) {
        return lifetime.call(() -> {
            checkEmbeddings();
            if (nativeContext.pooling() == Pooling.NONE) {
                throw new IllegalStateException(
                        "The context does not pool embeddings; use embedding, or create it with another pooling.");
            }
            return results.pooled(limits.checkedSequence(sequence));
        });
    }

    /**
     * Makes a sampler that draws from this context's logits.
     *
     * @throws IllegalArgumentException if the recipe biases a token that is not in the vocabulary, or bans all of them, or a trigger pattern is no regular
     *     expression
     * @throws dev.qwen4j.grammar.GrammarException if a grammar names a token that is not in the vocabulary
     */
    public Sampler newSampler(Sampling sampling) {
        SamplingChecks.check(Objects.requireNonNull(sampling, "sampling"), model.tokenizer());
        return lifetime.call(() -> Sampler.create(this, lifetime, model.nativeVocabulary(), sampling));
    }

    /**
     * Forgets all tokens of sequence 0 from a position on, so that others can follow; without results until the next decode.
     *
     * @param length how many tokens to keep, 0 to {@link #position}
     * @throws IllegalArgumentException if there are fewer
     * @return how many were kept: that many, or 0 where a cache cannot be cut, because it is a recurrent state or a sliding window
     */
    public int rewind(int length) {
        return lifetime.call(() -> {
            int position = nextPosition(0);
            if (length < 0 || length > position) {
                throw new IllegalArgumentException(
                        "Cannot keep " + length + " tokens; the context holds " + position + ".");
            }
            if (length < position) {
                results.forget();
            }
            return cache.truncateOrRemove(0, length);
        });
    }

    /** Forgets all sequences, and what was encoded. */
    public void clear() {
        lifetime.run(() -> {
            results.forget();
            computation.forgetEncoded();
            if (!nativeContext.memory().isAbsent()) {
                cache.forgetAll();
            }
        });
    }

    /** Whether tokens attend to earlier ones only, from now on; if not, a batch must fit into one micro-batch. */
    public void setCausal(boolean causalOnly) {
        lifetime.run(() -> computation.causal(causalOnly));
    }

    /** Whether embeddings are computed, from now on, of every token. */
    public void setEmbeddings(boolean compute) {
        lifetime.run(() -> {
            results.forget();
            computation.embeddings(compute);
        });
    }

    /** Computes on so many threads of its own from now on; as {@link ContextOptions#threads} and {@link ContextOptions#batchThreads}. */
    public void setThreads(int count, int batchCount) {
        var checked = ContextOptions.defaults().threads(count).batchThreads(batchCount);
        lifetime.run(() -> threads.own(checked.threads(), checked.batchThreads()));
    }

    /**
     * Computes on a pool's threads from now on; {@link #setThreads} takes it back to threads of its own.
     *
     * @throws IllegalStateException if the pool is closed
     */
    public void attach(ThreadPool pool) {
        attach(pool, pool);
    }

    /** Computes on a pool's threads from now on, and on another pool's for batches; as {@link #attach(ThreadPool)}. */
    public void attach(ThreadPool pool, ThreadPool batchPool) {
        lifetime.run(() -> threads.attach(pool, batchPool));
    }

    /** How many threads compute single tokens. */
    public int threads() {
        return lifetime.call(nativeContext::threads);
    }

    /** How many threads compute batches. */
    public int batchThreads() {
        return lifetime.call(nativeContext::batchThreads);
    }

    /** What it has computed; zeros unless {@link ContextOptions#timings} was asked for. */
    public Timings timings() {
        return lifetime.call(nativeContext::timings);
    }

    /** Makes {@link #timings} count from zero again. */
    public void resetTimings() {
        lifetime.run(nativeContext::resetTimings);
    }

    /** Waits until devices have computed what was decoded; results wait by themselves. */
    public void synchronize() {
        lifetime.run(nativeContext::synchronize);
    }

    /** Makes a decode, prefill or encode that runs now end soon with a {@link CancelledException}; without one, does nothing. From any thread. */
    public void cancel() {
        lifetime.stop();
    }

    private int nextPosition(int sequence) {
        return nativeContext.memory().isAbsent() ? 0 : nativeContext.memory().lastPosition(sequence) + 1;
    }

    private void checkEmbeddings() {
        if (!computation.embeddings()) {
            throw new IllegalStateException(
                    "The context computes no embeddings; create it with embeddings(true), or call setEmbeddings.");
        }
    }

    private void checkTokenEmbeddings() {
        checkEmbeddings();
        var pooling = nativeContext.pooling();
        if (pooling != Pooling.NONE) {
            throw new IllegalStateException("The context pools embeddings (" + pooling
                    + "); use pooledEmbedding, or create it with Pooling.NONE.");
        }
    }

    @Override
    public String toString() {
        return "Context[%s, %,d tokens, sequences: %d%s]"
                .formatted(model.file(), length(), maxSequences(), lifetime.isClosed() ? ", closed" : "");
    }

    /** Cancels what runs, closes its samplers and frees it; idempotent, from any thread, and back within a second. */
    @Override
    public void close() {
        lifetime.close();
    }

    int sampleLast(NativeSampler sampler, OptionalInt attachedTo) {
        lifetime.enter();
        try {
            return sampler.sample(nativeContext, results.checkedFor(sampler, attachedTo, results.last()));
        } finally {
            lifetime.leave();
        }
    }

    int sample(NativeSampler sampler, OptionalInt attachedTo, int index) {
        lifetime.enter();
        try {
            return sampler.sample(nativeContext, results.checkedFor(sampler, attachedTo, index));
        } finally {
            lifetime.leave();
        }
    }

    void attach(int sequence, DeviceSamplers.Attached attached, List<SamplingStage> stages) {
        lifetime.run(() -> {
            limits.checkedSequence(sequence);
            results.checkHead();
            if (nativeContext.memory().isAbsent()) {
                throw new IllegalStateException("The model (" + model.architecture()
                        + ") keeps nothing of a sequence that a next token could follow.");
            }
            DeviceStages.check(
                    stages, attached.sampler().names(), model.tokenizer().size(), limits.maxOutputsPerSequence() > 1);
            results.forget();
            samplers.attach(sequence, attached);
        });
    }

    void detach(int sequence, NativeSampler sampler) {
        lifetime.run(() -> {
            results.forget();
            samplers.detach(sequence, sampler);
        });
    }
}
