package dev.qwen4j;

import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeModel;
import dev.qwen4j.internal.NativeSampler;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A sequence of tokens and their KV cache: decodes tokens, and gives the logits of what could come next.
 *
 * <p>Made by {@link Model#newContext}, owned by that model and closed with it. For one thread at a time: a second one that enters meanwhile gets a
 * {@link ConcurrentUseException}. Only {@link #cancel} and {@link #close} may be called by others at any time.
 */
public final class Context implements AutoCloseable {
    private static final boolean[] NO_LOGITS = {};
    private static final boolean[] ONE_OUTPUT = {true};

    private final Model model;
    private final NativeContext nativeContext;
    private final Lifetime lifetime;
    private int position;
    private boolean[] outputs = NO_LOGITS;

    private Context(Model model, Lifetime parent, NativeContext nativeContext) {
        this.model = model;
        this.nativeContext = nativeContext;
        this.lifetime = new Lifetime(
                this,
                "context",
                Lifetime.Sharing.ONE_THREAD,
                Optional.of(parent),
                nativeContext::clearCancel,
                nativeContext::requestCancel,
                nativeContext::free);
    }

    static Context create(Model model, Lifetime parent, NativeModel nativeModel, ContextOptions options) {
        var nativeContext = new NativeContext(nativeModel, options);
        try {
            return new Context(model, parent, nativeContext);
        } catch (Throwable e) {
            nativeContext.free();
            throw e;
        }
    }

    /** The model. */
    public Model model() {
        return model;
    }

    /** The most tokens that it can hold; at least as many as were asked for. */
    public int length() {
        return nativeContext.length();
    }

    /** The most tokens of one decode. */
    public int batchSize() {
        return nativeContext.batchSize();
    }

    /** The number of tokens that it holds, which is the position of the next one. */
    public int position() {
        return lifetime.call(() -> position);
    }

    /**
     * Decodes tokens in one batch, behind those that are there, with logits for the last one; blocks until they are computed.
     *
     * @throws IllegalArgumentException if there are none, more than {@link #batchSize}, or one is not in the vocabulary
     * @throws ContextFullException if they do not fit
     * @throws CancelledException if {@link #cancel} or {@link #close} was called meanwhile; the context then holds what it held before, or nothing
     *     where its cache cannot be cut (see {@link #rewind})
     * @throws LlamaException if llama.cpp fails; the context then holds what it held before, or, where the message says so, is closed
     */
    public void decode(int... tokens) {
        if (tokens.length == 1) {
            lifetime.enter();
            try {
                decodeOne(tokens[0]);
            } finally {
                lifetime.leave();
            }
        } else {
            decode(Batch.of(tokens));
        }
    }

    /** Decodes a batch behind the tokens that are there; as {@link #decode(int...)}, with logits for those tokens that want them. */
    public void decode(Batch batch) {
        lifetime.enter();
        try {
            checkBatch(batch);
            checkRoom(batch.size());
            decode(batch, 0, batch.size());
        } finally {
            lifetime.leave();
        }
    }

    /**
     * Decodes any number of tokens, in batches of {@link #batchSize}, with logits for the last one: what is done with a prompt.
     *
     * <p>The exceptions are those of {@link #decode(int...)}; if it is cancelled, none of the tokens stay.
     */
    public void prefill(int... tokens) {
        lifetime.enter();
        try {
            var batch = Batch.of(tokens);
            checkTokens(batch);
            checkRoom(tokens.length);
            int before = position;
            try {
                for (int from = 0; from < tokens.length; from += batchSize()) {
                    decode(batch, from, Math.min(batchSize(), tokens.length - from));
                }
            } catch (CancelledException e) {
                // It may be empty by now: not every cache can be cut.
                rewindTo(Math.min(before, position));
                throw e;
            }
        } finally {
            lifetime.leave();
        }
    }

    /** The logits of the last token of the last batch, one for each token of the vocabulary; see {@link #logits(int)}. */
    public float[] logits() {
        return lifetime.call(() -> copyLogits(lastOutput()));
    }

    /**
     * A copy of the logits of a token of the last batch: unnormalised log-probabilities of what comes after it, one for each token of the vocabulary.
     *
     * @param index the token's place in the batch
     * @throws IllegalArgumentException if there is no such token, or it asked for no logits
     */
    public float[] logits(int index) {
        return lifetime.call(() -> copyLogits(checkedOutput(index)));
    }

    /**
     * Makes a sampler that draws from this context's logits.
     *
     * @throws IllegalArgumentException if the recipe biases a token that is not in the vocabulary, or bans all of them
     */
    public Sampler newSampler(Sampling sampling) {
        Objects.requireNonNull(sampling, "sampling").logitBias().keySet().forEach(model.tokenizer()::checked);
        int vocabulary = model.tokenizer().size();
        if (sampling.logitBias().size() == vocabulary
                && sampling.logitBias().values().stream().allMatch(bias -> bias == Float.NEGATIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "The logit bias bans all " + vocabulary + " tokens; at least one must be left.");
        }
        return lifetime.call(() -> Sampler.create(this, lifetime, model.nativeVocabulary(), sampling));
    }

    /**
     * Forgets all tokens from a position on, so that others can follow; without logits until the next decode.
     *
     * @param length how many tokens to keep, 0 to {@link #position}
     * @return how many were kept: that many, or 0 where a cache cannot be cut, because it is a recurrent state or a sliding window
     */
    public int rewind(int length) {
        return lifetime.call(() -> {
            if (length < 0 || length > position) {
                throw new IllegalArgumentException(
                        "Cannot keep " + length + " tokens; the context holds " + position + ".");
            }
            return length == position ? length : rewindTo(length);
        });
    }

    /** Forgets all tokens. */
    public void clear() {
        lifetime.call(() -> {
            nativeContext.clear();
            outputs = NO_LOGITS;
            position = 0;
            return position;
        });
    }

    /** Makes a decode or prefill that runs now end soon with a {@link CancelledException}; without one, does nothing. From any thread. */
    public void cancel() {
        lifetime.stop();
    }

    /** Cancels what runs, closes its samplers and frees it; idempotent, from any thread, and back within a second. */
    @Override
    public void close() {
        lifetime.close();
    }

    int sample(NativeSampler sampler, int index) {
        lifetime.enter();
        try {
            return nativeContext.sample(sampler, index == -1 ? lastOutput() : checkedOutput(index));
        } finally {
            lifetime.leave();
        }
    }

    private void decodeOne(int token) {
        model.tokenizer().checked(token);
        checkRoom(1);
        finish(attempt(() -> nativeContext.decode(token, position)), 1, ONE_OUTPUT);
    }

    private void decode(Batch batch, int from, int count) {
        var outcome = attempt(() -> nativeContext.decode(batch.tokens(), batch.logits(), from, count, position));
        finish(outcome, count, Arrays.copyOfRange(batch.logits(), from, from + count));
    }

    /** After a failure the context holds what it held before, or it is closed: whichever can be had. */
    private NativeContext.Outcome attempt(Supplier<NativeContext.Outcome> decode) {
        try {
            return decode.get();
        } catch (LlamaException e) {
            if (nativeContext.isBroken()) {
                // Freed when this call leaves.
                lifetime.close();
                throw e.with(
                        "The failure came in the middle of a computation, so the context is closed; create another.");
            }
            if (e.kind() != LlamaException.Kind.EXITING) {
                rewindTo(position);
            }
            throw e;
        }
    }

    private void finish(NativeContext.Outcome outcome, int count, boolean[] wanted) {
        switch (outcome) {
            case DONE -> {
                position += count;
                outputs = wanted;
            }
            case NO_ROOM -> throw new ContextFullException(length(), position, count);
            case CANCELLED -> {
                // Micro-batches that were finished before stay in the cache.
                rewindTo(position);
                throw new CancelledException(
                        "Decoding " + count + " tokens at position " + position + " was cancelled.");
            }
        }
    }

    private int rewindTo(int kept) {
        outputs = NO_LOGITS;
        if (nativeContext.truncate(kept)) {
            position = kept;
        } else {
            nativeContext.clear();
            position = 0;
        }
        return position;
    }

    private void checkBatch(Batch batch) {
        if (batch.size() > batchSize()) {
            throw new IllegalArgumentException(
                    "The batch has %,d tokens, more than the context's batchSize of %,d. Use prefill, which cuts it, or a larger batchSize."
                            .formatted(batch.size(), batchSize()));
        }
        checkTokens(batch);
    }

    private void checkTokens(Batch batch) {
        if (batch.size() == 0) {
            throw new IllegalArgumentException("There are no tokens to decode; at least one is needed.");
        }
        for (int i = 0; i < batch.size(); i++) {
            model.tokenizer().checked(batch.tokens()[i]);
        }
    }

    private void checkRoom(int count) {
        if (count > length() - position) {
            throw new ContextFullException(length(), position, count);
        }
    }

    private int checkedOutput(int index) {
        if (index < 0 || index >= outputs.length) {
            throw new IllegalArgumentException(
                    outputs.length == 0
                            ? "Token " + index + " has no logits: nothing has been decoded yet."
                            : "Token " + index + " is not in the last batch, which had tokens 0 to "
                                    + (outputs.length - 1) + ".");
        }
        if (!outputs[index]) {
            throw new IllegalArgumentException(
                    "Token " + index + " of the last batch has no logits: it was added without asking for them.");
        }
        return index;
    }

    private int lastOutput() {
        for (int i = outputs.length - 1; i >= 0; i--) {
            if (outputs[i]) {
                return i;
            }
        }
        throw new IllegalStateException(
                outputs.length == 0
                        ? "There are no logits: nothing has been decoded yet, or the context was cleared or rewound since."
                        : "There are no logits: no token of the last batch asked for them.");
    }

    private float[] copyLogits(int index) {
        var logits = new float[model.tokenizer().size()];
        nativeContext.logits(index, logits);
        return logits;
    }
}
