package dev.qwen4j.engine;

import dev.qwen4j.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A text that grows: tokens that are appended, and tokens that a model generates behind them.
 *
 * <p>Made by {@link Engine#session}. It is a list of tokens and nothing else, so sessions are cheap, and so are forks of them; what is computed of them lies in
 * the engine's cache, which all its sessions share: a prefix that any of them has computed lately is not computed again. Safe for use by any thread;
 * while it generates it cannot be changed.
 */
public final class Session implements AutoCloseable {
    private final Engine engine;
    private final Tokenizer tokenizer;
    private final ReentrantLock lock = new ReentrantLock();
    private final TokenList tokens;
    private @Nullable Generation running;
    private boolean closed;

    Session(Engine engine, Tokenizer tokenizer, TokenList tokens) {
        this.engine = engine;
        this.tokenizer = tokenizer;
        this.tokens = tokens;
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
            tokens.addAll(tokenizer.encode(text, tokens.size() == 0));
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
            if (token < 0 || token >= tokenizer.size()) {
                throw new IllegalArgumentException("Token " + token
                        + " is not in the vocabulary, which has tokens 0 to " + (tokenizer.size() - 1) + ".");
            }
        }
        lock.lock();
        try {
            checkIdle();
            tokens.addAll(more);
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
            if (length < 0 || length > tokens.size()) {
                throw new IllegalArgumentException(
                        "Cannot keep " + length + " tokens; the session has " + tokens.size() + ".");
            }
            tokens.truncate(length);
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
            return new Session(engine, tokenizer, TokenList.copyOf(tokens.toArray(), 0, tokens.size()));
        } finally {
            lock.unlock();
        }
    }

    /** How many tokens it has. */
    public int length() {
        lock.lock();
        try {
            return tokens.size();
        } finally {
            lock.unlock();
        }
    }

    /** A copy of its tokens, without those of a generation that goes on. */
    public int[] tokens() {
        lock.lock();
        try {
            return tokens.toArray();
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

    private Generation submit(Optional<GenerationOptions> options) {
        lock.lock();
        try {
            checkIdle();
            if (tokens.size() == 0) {
                throw new IllegalStateException(
                        "The session is empty, so there is nothing to go on from; append something.");
            }
            var generation = engine.submit(this, tokens.toArray(), options);
            running = generation;
            return generation;
        } finally {
            lock.unlock();
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

    /** A generation has ended, with these tokens. */
    void ended(List<Integer> generated) {
        lock.lock();
        try {
            running = null;
            tokens.addAll(generated.stream().mapToInt(Integer::intValue).toArray());
        } finally {
            lock.unlock();
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
