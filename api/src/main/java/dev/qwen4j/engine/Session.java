package dev.qwen4j.engine;

import dev.qwen4j.Sampling;
import dev.qwen4j.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A text that grows: tokens that are appended, and tokens that a model generates behind them.
 *
 * <p>Made by {@link Engine#session}. It is a list of tokens and nothing else, so sessions are cheap, and so are forks of them; what is computed of them lies in
 * the engine's cache, which all its sessions share: a prefix that any of them has computed lately is not computed again. Safe for use by any thread;
 * while it generates it cannot be changed.
 */
public final class Session implements AutoCloseable {
    private final Inference inference;
    private final ReentrantLock lock = new ReentrantLock();
    private Transcript transcript;
    private Namespace namespace;
    private @Nullable Generation running;
    private boolean closed;

    Session(Inference inference, Transcript transcript, Namespace namespace) {
        this.inference = inference;
        this.transcript = transcript;
        this.namespace = namespace;
    }

    /**
     * Appends text, of which nothing becomes a control token; at the beginning, behind the token that the model begins with, if it has one.
     *
     * @throws IllegalStateException if it is closed, or generates
     */
    public Session append(String text) {
        lock.lock();
        try {
            checkIdle();
            transcript.tokens().addAll(inference.tokenize(text, transcript.size() == 0));
            return this;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Appends tokens, as those of {@link dev.qwen4j.ChatPrompt#tokens}.
     *
     * @throws IllegalArgumentException if one is not in the vocabulary
     * @throws IllegalStateException if it is closed, or generates
     */
    public Session append(int... more) {
        for (int token : more) {
            if (token < 0 || token >= inference.vocabularySize()) {
                throw new IllegalArgumentException("Token " + token
                        + " is not in the vocabulary, which has tokens 0 to " + (inference.vocabularySize() - 1) + ".");
            }
        }
        lock.lock();
        try {
            checkIdle();
            transcript.tokens().addAll(more);
            return this;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets all but the first tokens.
     *
     * @param length how many to keep, 0 to {@link #length}
     * @throws IllegalStateException if it is closed, or generates
     */
    public Session rewind(int length) {
        lock.lock();
        try {
            checkIdle();
            if (length < 0 || length > transcript.size()) {
                throw new IllegalArgumentException(
                        "Cannot keep " + length + " tokens; the session has " + transcript.size() + ".");
            }
            transcript.truncate(length);
            namespace = namespace.upTo(length);
            return this;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Another session with the same tokens, which goes on by itself; nothing is computed again, or copied but the tokens' ids.
     *
     * @throws IllegalStateException if it is closed, or generates
     */
    public Session fork() {
        lock.lock();
        try {
            checkIdle();
            return new Session(inference, new Transcript(transcript), namespace);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says that a turn begins here, as a message of a chat does: where the context is full, {@link Overflow.DropOldestTurns} takes out whole ones.
     *
     * @throws IllegalStateException if it is closed, or generates
     */
    public Session beginTurn() {
        lock.lock();
        try {
            checkIdle();
            transcript.beginTurn();
            return this;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says that what it has now, as a system prompt, is nobody's secret: sessions of other tenants that begin like this go on from what is computed of it.
     *
     * @throws IllegalStateException if it is closed, or generates
     */
    public Session sharePrefix() {
        lock.lock();
        try {
            checkIdle();
            namespace = new Namespace(namespace.tenant(), transcript.size());
            return this;
        } finally {
            lock.unlock();
        }
    }

    /** How many tokens it has. */
    public int length() {
        lock.lock();
        try {
            return transcript.size();
        } finally {
            lock.unlock();
        }
    }

    /** A copy of its tokens, without those of a generation that goes on. */
    public int[] tokens() {
        lock.lock();
        try {
            return transcript.tokens().toArray();
        } finally {
            lock.unlock();
        }
    }

    /** Generates a reply with {@linkplain GenerationOptions#defaults() default options}. */
    public Generation generate() {
        return generate(UnaryOperator.identity());
    }

    /**
     * Generates a reply, which the session ends with afterwards; does not wait for it.
     *
     * <p>All tokens that were generated are the session's then, those of a stop string too, but not an end-of-generation token. If it fails, it has what
     * it had before.
     *
     * @throws IllegalStateException if it is closed, empty, or generates
     * @throws PromptTooLongException if the engine's context has no room for a token behind its own
     * @throws RejectedException if too many wait
     */
    public Generation generate(UnaryOperator<GenerationOptions> options) {
        return submit(Optional.of(options.apply(GenerationOptions.defaults())));
    }

    /** Computes what is not in the cache, so that a generation begins sooner; done when the generation that is returned ends, which has no tokens. */
    public Generation preload() {
        return submit(Optional.empty());
    }

    /**
     * Generates several replies to the same prompt, which is computed once; the session stays as it is, and each reply is the end of a fork of it.
     *
     * @param count how many, 1 or more; where sampling has a seed, each has its own, counted up from that one
     * @throws IllegalStateException if it is closed, empty, or generates
     * @throws PromptTooLongException if the engine's context has no room for a token behind its own
     * @throws RejectedException if too many wait; none of them is generated then
     */
    public List<Generation> generate(int count, UnaryOperator<GenerationOptions> options) {
        if (count < 1) {
            throw new IllegalArgumentException("count is " + count + "; it must be 1 or more.");
        }
        var wanted = options.apply(GenerationOptions.defaults());
        var seed = wanted.sampling().seed();
        List<Generation> generations = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                var sampling = seed.isPresent()
                        ? wanted.sampling().seed((seed.getAsLong() + i) % Sampling.SEEDS)
                        : wanted.sampling();
                generations.add(fork().generate(_ -> wanted.sampling(sampling)));
            }
            return List.copyOf(generations);
        } catch (RuntimeException e) {
            generations.forEach(Generation::cancel);
            throw e;
        }
    }

    /**
     * How likely the model finds a text behind the session's; the session stays as it is. Waits.
     *
     * @throws IllegalArgumentException if the text has no tokens
     * @throws IllegalStateException if it is closed, empty, or generates
     * @throws PromptTooLongException if the context does not hold both
     * @throws RejectedException if too many wait
     * @throws dev.qwen4j.CancelledException if the calling thread is interrupted, or the engine closed
     */
    public Score score(String text) {
        Transcript longer;
        Namespace whose;
        int first;
        lock.lock();
        try {
            checkIdle();
            checkNotEmpty();
            longer = new Transcript(transcript);
            longer.tokens().addAll(inference.tokenize(text, false));
            whose = namespace;
            first = transcript.size();
        } finally {
            lock.unlock();
        }
        if (longer.size() == first) {
            throw new IllegalArgumentException("The text has no tokens, so there is nothing to be likely.");
        }
        return inference.score(longer, whose, first);
    }

    /**
     * How likely each of several texts is to follow the session's, without generating anything: a classification, or a decision. The session stays as it is.
     * Waits.
     *
     * <p>A text's probability is that of all of its tokens one after the other, so that of two of which one begins the other, the shorter one is likelier.
     *
     * @return the choices, in the order in which they were given
     * @throws IllegalArgumentException if there are none, or one has no tokens
     * @throws IllegalStateException if it is closed, empty, or generates
     * @throws PromptTooLongException if the context does not hold one of them
     * @throws RejectedException if too many wait
     * @throws dev.qwen4j.CancelledException if the calling thread is interrupted, or the engine closed
     */
    public List<Choice> decide(String... texts) {
        if (texts.length == 0) {
            throw new IllegalArgumentException("There is nothing to choose from; give at least one text.");
        }
        var scores = Arrays.stream(texts).map(this::score).toList();
        double highest = scores.stream().mapToDouble(Score::logprob).max().orElseThrow();
        double sum = scores.stream()
                .mapToDouble(score -> Math.exp(score.logprob() - highest))
                .sum();
        return IntStream.range(0, texts.length)
                .mapToObj(i -> new Choice(
                        texts[i],
                        scores.get(i).logprob(),
                        Math.exp(scores.get(i).logprob() - highest) / sum))
                .toList();
    }

    /**
     * The session as it can be written to a file and {@linkplain Engine#open opened} again, here or in another process, with what is computed of it. Waits,
     * and computes what is not in the cache.
     *
     * @return the state, which is the caller's to close
     * @throws IllegalStateException if it is closed, empty, or generates
     * @throws PromptTooLongException if the context does not hold it
     * @throws RejectedException if too many wait
     * @throws dev.qwen4j.CancelledException if the calling thread is interrupted, or the engine closed
     */
    public State save() {
        Transcript copy;
        Namespace whose;
        lock.lock();
        try {
            checkIdle();
            checkNotEmpty();
            copy = new Transcript(transcript);
            whose = namespace;
        } finally {
            lock.unlock();
        }
        return inference.save(copy, whose);
    }

    private Generation submit(Optional<GenerationOptions> options) {
        lock.lock();
        try {
            checkIdle();
            checkNotEmpty();
            var generation = inference.generate(new Transcript(transcript), namespace, options, new Continuing());
            // The engine's thread cannot end it before the lock is free.
            running = generation;
            return generation;
        } finally {
            lock.unlock();
        }
    }

    private void checkNotEmpty() {
        if (transcript.size() == 0) {
            throw new IllegalStateException(
                    "The session is empty, so there is nothing to go on from; append something.");
        }
    }

    /** What it generates is cancelled, and its tokens are gone; idempotent, does not wait. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (running != null) {
                running.cancel();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What the engine's thread says of the generation; it waits for whoever has just asked for it. */
    private final class Continuing implements Inference.Continuation {
        @Override
        public void ended(Transcript longer) {
            end(longer);
        }

        @Override
        public void failed() {
            end(null);
        }

        private void end(@Nullable Transcript longer) {
            lock.lock();
            try {
                running = null;
                if (longer != null) {
                    namespace = namespace.upTo(transcript.tokens().matches(longer.tokens()));
                    transcript = longer;
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private void checkIdle() {
        if (closed) {
            throw new IllegalStateException("The session is closed.");
        }
        if (running != null) {
            throw new IllegalStateException(
                    "The session is generating; wait for the end of that, cancel it, or fork the session before.");
        }
    }
}
