package dev.qwen4j.engine;

import dev.qwen4j.Context;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.StreamingDecoder;
import dev.qwen4j.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Generates a reply behind a prompt, or computes the prompt and no more. */
final class GenerationRequest extends Request {
    private final Inference.Continuation continuation;
    private final Optional<GenerationOptions> options;
    private final Generation generation;
    private final Tokenizer tokenizer;
    private final int limit;
    private final StreamingDecoder decoder;
    private final StopStrings stops;
    private final Optional<Drafter> drafter;
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
     * @param wake wakes the engine's thread
     * @param readerBuffer how many chunks its reader may be behind
     * @param limit the most tokens of a sequence
     * @param drafter guesses tokens, where something does
     * @param counters the engine's
     * @param probe sees what is sampled from
     */
    GenerationRequest(
            Demand demand,
            Transcript transcript,
            Inference.Continuation continuation,
            Optional<GenerationOptions> options,
            Runnable wake,
            int readerBuffer,
            Tokenizer tokenizer,
            int limit,
            Optional<Drafter> drafter,
            Counters counters,
            LogitsProbe probe) {
        super(demand, transcript);
        this.continuation = continuation;
        this.options = options;
        this.generation = new Generation(
                () -> {
                    cancel();
                    wake.run();
                },
                wake,
                readerBuffer);
        this.tokenizer = tokenizer;
        this.limit = limit;
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
        made.acceptPrompt(tokens().toArray());
    }

    /** Another sampler draws anew. */
    @Override
    void contextLost() {
        sampler = null;
    }

    /** Keeps a reply from ending. */
    private SamplingStage banOfEnds(GenerationOptions wanted) {
        var ends = new HashMap<Integer, Float>();
        for (int token = 0; token < tokenizer.size(); token++) {
            if (tokenizer.isEndOfGeneration(token) || wanted.stopTokens().contains(token)) {
                ends.put(token, Float.NEGATIVE_INFINITY);
            }
        }
        return new SamplingStage.LogitBias(ends);
    }

    @Override
    TokenList draft(int most) {
        if (drafter.isEmpty() || options.isEmpty()) {
            return new TokenList();
        }
        int left = options.get().maxTokens() - generated.size() - 1;
        int room = limit - tokens().size();
        int count = Math.min(most, Math.min(left, room));
        return count < 1 ? new TokenList() : drafter.get().draft(tokens(), count);
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
        probe.sampled(context, index, token);
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
        slot().tokens().truncate(Math.min(changed, slot().length()));
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
