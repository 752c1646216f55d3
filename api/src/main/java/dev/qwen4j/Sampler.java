package dev.qwen4j;

import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeSampler;
import dev.qwen4j.internal.NativeVocabulary;
import java.util.List;

/**
 * Chooses tokens for one context by a {@link Sampling} recipe, and keeps what that needs: the state of its random numbers, the last tokens.
 *
 * <p>Made by {@link Context#newSampler}, owned by that context and closed with it. For one thread at a time, the one that uses the context.
 */
public final class Sampler implements AutoCloseable {
    private final Context context;
    private final NativeSampler nativeSampler;
    private final Lifetime lifetime;

    private Sampler(Context context, Lifetime parent, NativeSampler nativeSampler) {
        this.context = context;
        this.nativeSampler = nativeSampler;
        this.lifetime =
                new Lifetime(this, "sampler", Lifetime.Sharing.ONE_THREAD, List.of(parent), nativeSampler::free);
    }

    static Sampler create(Context context, Lifetime parent, NativeVocabulary vocabulary, Sampling sampling) {
        var nativeSampler = new NativeSampler(vocabulary, sampling);
        try {
            return new Sampler(context, parent, nativeSampler);
        } catch (Throwable e) {
            nativeSampler.free();
            throw e;
        }
    }

    /**
     * Chooses a token from the logits of the last token decoded, and remembers it.
     *
     * @throws IllegalStateException if the context has no logits: nothing was decoded, or the batch asked for none
     */
    public int sample() {
        return sample(-1);
    }

    /**
     * Chooses a token from the logits of the {@code index}-th token of the last batch, and remembers it; -1 is the last one that has logits.
     *
     * @throws IllegalArgumentException if there is no such token, or it asked for no logits
     */
    public int sample(int index) {
        return lifetime.call(() -> context.sample(nativeSampler, index));
    }

    /** Has the sampler remember a token that came from elsewhere, such as from the prompt. */
    public void accept(int token) {
        lifetime.run(() -> nativeSampler.accept(context.model().tokenizer().checked(token)));
    }

    /** Makes it as it was when it was new: the same logits will give the same tokens. */
    public void reset() {
        lifetime.run(nativeSampler::reset);
    }

    /** Frees it; idempotent, from any thread. */
    @Override
    public void close() {
        lifetime.close();
    }
}
