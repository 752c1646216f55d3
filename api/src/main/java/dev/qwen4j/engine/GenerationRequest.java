package dev.qwen4j.engine;

import dev.qwen4j.Context;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.StreamingDecoder;
import dev.qwen4j.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Generates a reply behind a prompt, or computes the prompt and no more. */
final class GenerationRequest extends Request {
    private static final Logger log = LoggerFactory.getLogger(GenerationRequest.class);

    private final Inference.Continuation continuation;
    private final Optional<GenerationOptions> options;
    private final Generation generation;
    private final Tokenizer tokenizer;
    private final int limit;
    private final Supplier<List<Integer>> ends;
    private final StreamingDecoder decoder;
    private final StopStrings stops;
    private Optional<Drafter> drafter;
    private final Counters counters;
    private final LogitsProbe probe;
    private final Guesses guesses = new Guesses();
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> generated = new ArrayList<>();
    private final List<TokenLogprob> logprobs = new ArrayList<>();
    private int shownLogprobs;
    private long firstToken;
    private long lastToken;
    private @Nullable Sampler sampler;
    private boolean endsBanned;

    /**
     * One that waits.
     *
     * @param options empty if nothing is to be generated behind the prompt
     * @param work the engine
     * @param readerBuffer how many chunks its reader may be behind
     * @param limit the most tokens of a sequence
     * @param ends the tokens with which the model ends a reply
     * @param drafter guesses tokens, where something does
     * @param counters the engine's
     * @param probe sees what is sampled from
     */
    GenerationRequest(
            Demand demand,
            Transcript transcript,
            Inference.Continuation continuation,
            Optional<GenerationOptions> options,
            EngineThread work,
            int readerBuffer,
            Tokenizer tokenizer,
            int limit,
            Supplier<List<Integer>> ends,
            Optional<Drafter> drafter,
            Counters counters,
            LogitsProbe probe) {
        super(demand, transcript);
        this.continuation = continuation;
        this.options = options;
        this.generation = new Generation(
                () -> {
                    cancel();
                    work.wake();
                },
                work::caughtUp,
                readerBuffer);
        this.tokenizer = tokenizer;
        this.limit = limit;
        this.ends = ends;
        this.drafter = drafter;
        this.counters = counters;
        this.probe = probe;
        this.decoder = tokenizer.newStreamingDecoder();
        this.stops = new StopStrings(options.map(GenerationOptions::stopStrings).orElse(List.of()));
    }

    @Override
    int reusable() {
        return options.isPresent() ? tokens().size() - 1 : tokens().size();
    }

    @Override
    boolean wantsOutput(int position) {
        return options.isPresent() && position == tokens().size() - 1;
    }

    @Override
    void prepare(Context context) {
        if (options.isEmpty() || sampler != null) {
            return;
        }
        var wanted = options.get();
        var sampling = wanted.sampling();
        endsBanned = generated.size() < wanted.minTokens();
        if (endsBanned) {
            var stages = new ArrayList<>(sampling.stages());
            stages.addFirst(banOfEnds(wanted));
            sampling = Sampling.of(stages);
        }
        var made = context.newSampler(sampling);
        sampler = made;
        made.acceptPrompt(Arrays.copyOf(tokens().toArray(), Math.max(0, tokens().size() - generated.size())));
        generated.forEach(made::accept);
    }

    /** Another sampler takes up where the reply is, but draws its random numbers from the first one on. */
    @Override
    void contextLost() {
        sampler = null;
    }

    /** Keeps a reply from ending. */
    private SamplingStage banOfEnds(GenerationOptions wanted) {
        var banned = new HashMap<Integer, Float>();
        ends.get().forEach(token -> banned.put(token, Float.NEGATIVE_INFINITY));
        wanted.stopTokens().forEach(token -> banned.put(token, Float.NEGATIVE_INFINITY));
        return new SamplingStage.LogitBias(banned);
    }

    @Override
    TokenList draft(int most) {
        if (drafter.isEmpty() || options.isEmpty()) {
            return new TokenList();
        }
        int left = options.get().maxTokens() - generated.size() - 1;
        int room = limit - tokens().size();
        int count = Math.min(most, Math.min(left, room));
        if (count < 1) {
            return new TokenList();
        }
        try {
            return drafter.get().draft(tokens(), count);
        } catch (RuntimeException e) {
            log.warn("What guesses tokens failed; the generation goes on without", e);
            drafter = Optional.empty();
            return new TokenList();
        }
    }

    @Override
    Optional<FinishReason> computed(Context context, Part part) {
        if (uncomputed() > 0) {
            return Optional.empty();
        }
        if (options.isEmpty()) {
            return Optional.of(FinishReason.LENGTH);
        }
        var trial = new Drafts(part.drafts());
        Optional<FinishReason> end;
        do {
            end = sample(context, part.last() + trial.accepted(), trial);
        } while (end.isEmpty() && trial.goesOn());
        slot().tokens().addAll(part.drafts(), 0, trial.accepted());
        if (part.drafts().size() > 0) {
            guesses.verified(part.drafts().size(), trial.accepted());
            counters.drafted(part.drafts().size(), trial.accepted());
        }
        return end.isPresent() ? end : makeRoom();
    }

    private Optional<FinishReason> sample(Context context, int index, Drafts on) {
        var current = sampler;
        if (current == null) {
            throw new AssertionError("The request was not prepared.");
        }
        var wanted = options.orElseThrow();
        if (endsBanned && generated.size() == wanted.minTokens()) {
            current.remove(0);
            endsBanned = false;
        }
        int token = current.sample(index);
        on.chosen(token);
        probe.sampled(generation, context, index, token);
        long now = System.nanoTime();
        if (firstToken == 0) {
            firstToken = now;
            counters.firstToken(now - asked());
        } else {
            counters.gap(now - lastToken);
        }
        lastToken = now;
        if (tokenizer.isEndOfGeneration(token) || wanted.stopTokens().contains(token)) {
            return Optional.of(FinishReason.STOP);
        }
        generated.add(token);
        tokens().add(token);
        wanted.logprobs().ifPresent(top -> logprobs.add(new Logprobs(context.logitsView(index)).of(token, top)));
        show(stops.add(decoder.add(token)));
        if (stops.isReached()) {
            return Optional.of(FinishReason.STOP_STRING);
        }
        return generated.size() >= wanted.maxTokens() ? Optional.of(FinishReason.LENGTH) : Optional.empty();
    }

    /** Where the context holds no more, does what the caller chose. */
    private Optional<FinishReason> makeRoom() {
        if (tokens().size() <= limit) {
            return Optional.empty();
        }
        // What is computed of the part that goes is given up; the engine computes what moved again.
        int changed = transcript().makeRoom(options.orElseThrow().overflow(), limit);
        if (changed < 0) {
            return Optional.of(FinishReason.CONTEXT_FULL);
        }
        changedFrom(changed);
        return Optional.empty();
    }

    private void show(String more) {
        text.append(more);
        if (!more.isEmpty()) {
            int from = Math.min(shownLogprobs, logprobs.size());
            generation.add(new Chunk(more, logprobs.subList(from, logprobs.size())));
            shownLogprobs = logprobs.size();
        }
    }

    @Override
    boolean isBehind() {
        return generation.isBehind();
    }

    @Override
    int generatedTokens() {
        return generated.size();
    }

    Generation generation() {
        return generation;
    }

    double nanosPerDraft() {
        return drafter.map(Drafter::nanosPerToken).orElse(0.0);
    }

    Guesses guesses() {
        return guesses;
    }

    @Override
    void finish(FinishReason reason) {
        if (!stops.isReached()) {
            show(stops.add(decoder.finish()));
            show(stops.finish());
        }
        release();
        continuation.ended(transcript());
        generation.finish(new Reply(text.toString(), generated, reason, usage(), logprobs));
    }

    @Override
    void fail(RuntimeException e) {
        release();
        continuation.failed();
        generation.fail(e);
    }

    private void release() {
        drafter.ifPresent(Drafter::close);
        if (sampler != null) {
            sampler.close();
        }
    }

    private Usage usage() {
        long now = System.nanoTime();
        long began = begun() == 0 ? now : begun();
        long first = firstToken == 0 ? now : firstToken;
        return new Usage(
                promptTokens(),
                cachedTokens(),
                reuse(),
                generated.size(),
                guesses.drafted(),
                guesses.accepted(),
                Duration.ofNanos(began - asked()),
                Duration.ofNanos(first - began),
                Duration.ofNanos(Math.max(lastToken, first) - first));
    }
}
