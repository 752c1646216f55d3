package dev.qwen4j;

import dev.qwen4j.internal.DeepStack;
import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeSampler;
import dev.qwen4j.internal.NativeVocabulary;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Chooses tokens for one context by a {@link Sampling} recipe, and keeps what that needs: the state of its random numbers, the last tokens, the place
 * in a grammar.
 *
 * <p>Made by {@link Context#newSampler}, owned by that context and closed with it. For one thread at a time, the one that uses the context.
 */
public final class Sampler implements AutoCloseable {
    /** The longest token that a grammar takes. */
    private static final long LONGEST_PIECE = 1000;

    private static final long MOST_STACK = 1L << 30;

    private final Context context;
    private final Lifetime parent;
    private final NativeSampler nativeSampler;
    private final Lifetime lifetime;
    private final List<SamplingStage> stages;
    private final List<CustomAdapter> customs;
    private OptionalInt attached = OptionalInt.empty();

    private Sampler(
            Context context,
            Lifetime parent,
            List<SamplingStage> stages,
            List<CustomAdapter> customs,
            NativeSampler nativeSampler) {
        this.context = context;
        this.parent = parent;
        this.stages = new ArrayList<>(stages);
        this.customs = new ArrayList<>(customs);
        this.nativeSampler = nativeSampler;
        this.lifetime = new Lifetime("sampler", Lifetime.Sharing.ONE_THREAD, nativeSampler::free);
        lifetime.takeOver(this, List.of(parent));
    }

    static Sampler create(Context context, Lifetime parent, NativeVocabulary vocabulary, Sampling sampling) {
        var customs = sampling.stages().stream()
                .filter(SamplingStage.Custom.class::isInstance)
                .map(stage ->
                        new CustomAdapter(((SamplingStage.Custom) stage).maker().get()))
                .toList();
        return own(
                context,
                parent,
                sampling.stages(),
                customs,
                () -> new NativeSampler(vocabulary, sampling.stages(), customs));
    }

    private static Sampler own(
            Context context,
            Lifetime parent,
            List<SamplingStage> stages,
            List<CustomAdapter> customs,
            Supplier<NativeSampler> creation) {
        var nativeSampler = creation.get();
        try {
            return new Sampler(context, parent, stages, customs, nativeSampler);
        } catch (Throwable e) {
            nativeSampler.free();
            throw e;
        }
    }

    /**
     * Chooses a token from the logits of the last token decoded, and remembers it.
     *
     * @throws IllegalStateException if the context has no logits: nothing was decoded, or the batch asked for none; or if {@link #remove} took the
     *     stage that picks
     * @throws SamplingException if no token can be chosen
     */
    public int sample() {
        lifetime.enter();
        try {
            checkPicks();
            return isLazy()
                    ? onStack(() -> context.sampleLast(nativeSampler, attached))
                    : context.sampleLast(nativeSampler, attached);
        } finally {
            lifetime.leave();
        }
    }

    /**
     * Chooses a token from the logits of the {@code index}-th token of the last batch, and remembers it.
     *
     * @throws IllegalArgumentException if there is no such token, or it asked for no logits
     * @throws SamplingException if no token can be chosen
     */
    public int sample(int index) {
        lifetime.enter();
        try {
            checkPicks();
            return isLazy()
                    ? onStack(() -> context.sample(nativeSampler, attached, index))
                    : context.sample(nativeSampler, attached, index);
        } finally {
            lifetime.leave();
        }
    }

    /**
     * Applies the stages to the caller's candidates, which become what is left of them, and remembers nothing: {@link #accept} does.
     *
     * @throws IllegalArgumentException if one is not in the vocabulary
     * @throws IllegalStateException if it is {@linkplain #attach attached}: the stages on the device cannot be applied to others
     * @throws SamplingException if all are banned, or numbers are no numbers
     */
    public void apply(Candidates candidates) {
        for (int i = 0; i < candidates.size(); i++) {
            context.model().tokenizer().checked(candidates.id(i));
        }
        lifetime.run(() -> {
            checkDetached("apply it to other candidates");
            candidates.become(nativeSampler.apply(candidates.arrays()));
        });
    }

    /**
     * Has all stages remember a token of the text being generated.
     *
     * @throws SamplingException if a grammar does not allow it here, an early end of generation included; nothing is remembered then. If a sampler
     *     written in Java throws, the stages before it have remembered the token, and those behind it have not
     */
    public void accept(int token) {
        int id = context.model().tokenizer().checked(token);
        lifetime.run(() -> onStack(() -> {
            nativeSampler.accept(id, true);
            return id;
        }));
    }

    /** Has all stages but grammars remember tokens of a prompt: penalties look back on them. */
    public void acceptPrompt(int... tokens) {
        for (int token : tokens) {
            context.model().tokenizer().checked(token);
        }
        lifetime.run(() -> {
            for (int token : tokens) {
                nativeSampler.accept(token, false);
            }
        });
    }

    /** Makes it as it was when it was new: the same logits will give the same tokens. */
    public void reset() {
        lifetime.run(nativeSampler::reset);
    }

    /**
     * Another sampler in the same state, owned by the same context: both go on alike, except that {@link SamplingStage.AdaptiveP} draws anew from its
     * seed (llama.cpp).
     */
    public Sampler copy() {
        return lifetime.call(() -> {
            var copies = customs.stream().map(CustomAdapter::copy).toList();
            return own(context, parent, stages, copies, () -> new NativeSampler(nativeSampler, copies));
        });
    }

    /** The stages in their order. */
    public List<SamplingStage> stages() {
        return lifetime.call(() -> List.copyOf(stages));
    }

    /** llama.cpp's names of the stages, as {@code top-k}; one that has nothing to do begins with {@code ?}. */
    public List<String> names() {
        return lifetime.call(nativeSampler::names);
    }

    /**
     * Has the context apply the first stages to the logits of one of its sequences where it computes them, as on a GPU, from the next decode on; the
     * logits themselves then stay there ({@code llama_set_sampler}).
     *
     * <p>Those stages run there that llama.cpp has an implementation of: {@link SamplingStage.LogitBias}, {@link SamplingStage.Penalties} (with a
     * {@link ContextOptions#maxOutputsPerSequence} of 1), {@link SamplingStage.TopK}, {@link SamplingStage.TopP}, {@link SamplingStage.MinP}, both
     * temperatures, {@link SamplingStage.Draw} and {@link SamplingStage.Greedy}, up to the first other one or the first that the device cannot compute;
     * {@link #names} then has a {@code +} before them. {@link #sample} goes on behind them, and takes the results of that sequence only. They round as
     * the device does, so a draw may differ from what the same stages choose elsewhere. A draw is made when a result is computed: one that is not sampled,
     * or whose decode is cancelled, is lost, unless {@link ContextOptions#maxOutputsPerSequence} is above 1.
     *
     * <p>Results of the last batch are gone. Closing the sampler detaches it. While the context decodes, no other thread may use the sampler.
     *
     * @param sequence 0 to {@link Context#maxSequences} - 1
     * @throws IllegalArgumentException if there is no such sequence, or the stages cannot run on a device in this order
     * @throws IllegalStateException if the stage that picks was removed, this or another sampler is attached already, or the model does not go on with a sequence, as encoders do not
     * @throws LlamaException if the model is split by tensors
     */
    public void attach(int sequence) {
        lifetime.run(() -> {
            checkPicks();
            if (attached.isPresent()) {
                throw new IllegalStateException(
                        "The sampler is attached to sequence " + attached.getAsInt() + "; detach it first.");
            }
            var to = OptionalInt.of(sequence);
            context.attach(sequence, new DeviceSamplers.Attached(nativeSampler, lifetime), stages);
            attached = to;
        });
    }

    /** Has all stages run in {@link #sample} again, in the state that they are in; results of the last batch are gone. */
    public void detach() {
        lifetime.run(() -> {
            if (attached.isPresent()) {
                context.detach(attached.getAsInt(), nativeSampler);
                nativeSampler.detach();
                attached = OptionalInt.empty();
            }
        });
    }

    /** The sequence that it is {@linkplain #attach attached} to. */
    public OptionalInt attachedTo() {
        return lifetime.call(() -> attached);
    }

    /**
     * Removes a stage. Without the one that picks, there can be no more {@link #sample}, and {@link #apply} selects nothing.
     *
     * @param index which of {@link #stages}
     * @throws IllegalStateException if it is {@linkplain #attach attached}
     * @throws IllegalArgumentException if there is no such stage, or it has to stay: the {@link SamplingStage.TopK} that {@link SamplingStage.Infill} needs
     */
    public void remove(int index) {
        lifetime.run(() -> {
            checkDetached("remove a stage");
            if (index < 0 || index >= stages.size()) {
                throw new IllegalArgumentException(
                        "There is no stage " + index + "; the sampler has " + stages.size() + ", counted from 0.");
            }
            var left = new ArrayList<>(stages);
            left.remove(index);
            Sampling.checkInfill(left);
            nativeSampler.remove(index);
            if (stages.get(index) instanceof SamplingStage.Custom) {
                customs.remove((int) stages.subList(0, index).stream()
                        .filter(SamplingStage.Custom.class::isInstance)
                        .count());
            }
            stages.remove(index);
        });
    }

    /** The seed of the last stage that draws, Xtc and AdaptiveP not counted; empty if there is none. */
    public OptionalLong seed() {
        return lifetime.call(nativeSampler::seed);
    }

    /** What sampling has cost so far; a copy begins at 0. */
    public SamplerTimings timings() {
        return lifetime.call(() ->
                new SamplerTimings(nativeSampler.count(), Duration.of(nativeSampler.micros(), ChronoUnit.MICROS)));
    }

    /** Frees it; idempotent, from any thread. */
    @Override
    public void close() {
        lifetime.close();
    }

    private void checkPicks() {
        if (stages.isEmpty() || !Sampling.picks(stages.getLast())) {
            throw new IllegalStateException("The stage that picks was removed, so no token can be sampled.");
        }
    }

    private void checkDetached(String doing) {
        if (attached.isPresent()) {
            throw new IllegalStateException("The sampler is attached to sequence " + attached.getAsInt()
                    + ", so its first stages are on a device; detach it to " + doing + ".");
        }
    }

    private boolean isLazy() {
        for (int i = 0; i < stages.size(); i++) {
            if (stages.get(i) instanceof SamplingStage.LazilyGrammatical) {
                return true;
            }
        }
        return false;
    }

    /** A lazy grammar that waits looks for its patterns in all the text, which may take a stack as deep as that is long. */
    private <T> T onStack(Supplier<T> call) {
        long heard = nativeSampler.heardBytes();
        long stack = heard < 0 ? 0 : stackFor(heard + LONGEST_PIECE);
        if (stack > MOST_STACK) {
            throw new SamplingException(
                    SamplingException.Kind.WAITED_TOO_LONG,
                    "A lazy grammar has waited for its trigger for %,d bytes of text, more than its patterns can be looked for in. Use words or tokens as triggers, or patterns without '*' and '+'."
                            .formatted(heard));
        }
        return DeepStack.call(stack, call::get);
    }

    private long stackFor(long bytes) {
        long most = 0;
        for (var stage : stages) {
            if (stage instanceof SamplingStage.LazilyGrammatical lazy) {
                most = Math.max(most, lazy.triggers().stackFor(bytes));
            }
        }
        return most;
    }
}
