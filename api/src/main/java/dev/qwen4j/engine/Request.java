package dev.qwen4j.engine;

import dev.qwen4j.Sampler;
import dev.qwen4j.StreamingDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A generation on its way through the engine. For the engine's thread; cancelled by any. */
final class Request {
    private final Session session;
    private final Optional<GenerationOptions> options;
    private final Generation generation;
    private final Runnable ended;
    private final TokenList tokens = new TokenList();
    private final int promptTokens;
    private final StreamingDecoder decoder;
    private final StopStrings stops;
    private final StringBuilder text = new StringBuilder();
    private final List<Integer> generated = new ArrayList<>();
    private final long asked = System.nanoTime();
    private volatile boolean cancelled;
    private int cachedTokens;
    private long begun;
    private long firstToken;
    private long lastToken;
    private @Nullable Sampler sampler;
    private @Nullable CachedSequence sequence;

    /**
     * One that waits.
     *
     * @param options empty if nothing is to be generated behind the prompt
     * @param wake wakes the engine's thread
     * @param ended called once, at the end
     */
    Request(
            Session session,
            int[] prompt,
            Optional<GenerationOptions> options,
            StreamingDecoder decoder,
            Runnable wake,
            Runnable ended) {
        this.session = session;
        this.options = options;
        this.decoder = decoder;
        this.ended = ended;
        this.promptTokens = prompt.length;
        this.stops = new StopStrings(options.map(GenerationOptions::stopStrings).orElse(List.of()));
        this.generation = new Generation(
                () -> {
                    cancelled = true;
                    wake.run();
                },
                wake,
                Integer.MAX_VALUE);
        tokens.addAll(prompt);
    }

    Generation generation() {
        return generation;
    }

    boolean isCancelled() {
        return cancelled;
    }

    Optional<GenerationOptions> options() {
        return options;
    }

    /** The prompt, and what was generated behind it. */
    TokenList tokens() {
        return tokens;
    }

    int generatedTokens() {
        return generated.size();
    }

    /** Whether it has a sequence. */
    boolean isActive() {
        return sequence != null;
    }

    /** Its sequence, while it is computed. */
    CachedSequence sequence() {
        var current = sequence;
        if (current == null) {
            throw new AssertionError("The request is not active.");
        }
        return current;
    }

    /** Its sampler, once it has begun; none if it only computes a prompt. */
    Optional<Sampler> sampler() {
        return Optional.ofNullable(sampler);
    }

    void sampler(Sampler made) {
        sampler = made;
    }

    /** How many of its tokens are not in the cache. */
    int uncomputed() {
        return tokens.size() - sequence().computed();
    }

    void begin(CachedSequence with) {
        sequence = with;
        if (begun == 0) {
            begun = System.nanoTime();
            cachedTokens = with.computed();
        }
    }

    /** It loses its sequence; what was generated stays, and is computed again. */
    void suspend() {
        sequence = null;
    }

    /** Takes a token that was sampled; says why it is the last, if it is. */
    Optional<FinishReason> accept(int token, boolean endOfGeneration) {
        long now = System.nanoTime();
        firstToken = firstToken == 0 ? now : firstToken;
        lastToken = now;
        if (endOfGeneration) {
            return Optional.of(FinishReason.STOP);
        }
        generated.add(token);
        tokens.add(token);
        show(stops.add(decoder.add(token)));
        if (stops.isReached()) {
            return Optional.of(FinishReason.STOP_STRING);
        }
        return generated.size() >= options.orElseThrow().maxTokens()
                ? Optional.of(FinishReason.LENGTH)
                : Optional.empty();
    }

    private void show(String more) {
        text.append(more);
        if (!more.isEmpty()) {
            generation.add(new Chunk(more));
        }
    }

    void finish(FinishReason reason) {
        if (!stops.isReached()) {
            show(stops.add(decoder.finish()));
            show(stops.finish());
        }
        end();
        session.ended(generated);
        generation.finish(new Reply(text.toString(), generated, reason, usage()));
        ended.run();
    }

    void fail(RuntimeException e) {
        end();
        session.ended(List.of());
        generation.fail(e);
        ended.run();
    }

    private void end() {
        sequence = null;
        if (sampler != null) {
            sampler.close();
        }
    }

    private Usage usage() {
        long now = System.nanoTime();
        long began = begun == 0 ? now : begun;
        long first = firstToken == 0 ? now : firstToken;
        return new Usage(
                promptTokens,
                cachedTokens,
                generated.size(),
                Duration.ofNanos(began - asked),
                Duration.ofNanos(first - began),
                Duration.ofNanos(Math.max(lastToken, first) - first));
    }
}
