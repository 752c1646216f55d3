package dev.qwen4j.engine;

import dev.qwen4j.Context;
import dev.qwen4j.Model;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Serves any number of sessions on one model: generations are computed together, one batch after the other, and what sessions have in common is computed
 * once.
 *
 * {@snippet :
 * try (var engine = Engine.start(model);
 *         var session = engine.session().append("The capital of France is")) {
 *     System.out.println(session.generate(o -> o.maxTokens(16)).await().text());
 * }
 * }
 *
 * <p>Owns one context and one platform thread, on which all that is computed is computed; safe for use by any thread. The model must stay open.
 */
public final class Engine implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Model model;
    private final EngineThread work;
    private final Thread thread;

    private Engine(Model model, EngineThread work) {
        this.model = model;
        this.work = work;
        this.thread = Thread.ofPlatform().daemon().name("qwen4j-engine").unstarted(work);
    }

    /** Starts one with {@linkplain EngineOptions#defaults() default options}. */
    public static Engine start(Model model) {
        return start(model, UnaryOperator.identity());
    }

    /**
     * Starts one; allocates its cache.
     *
     * @throws IllegalArgumentException if the model does not go on with a text, as encoders and diffusion models do not, or an option is none that the
     *     model can have
     * @throws dev.qwen4j.InsufficientMemoryException if the cache does not fit into memory
     */
    public static Engine start(Model model, UnaryOperator<EngineOptions> options) {
        var traits = model.traits();
        if (traits.encoder() || traits.diffusion() || !traits.decoder()) {
            throw new IllegalArgumentException("The model (" + model.architecture()
                    + ") does not go on with a text token by token; use a context of its own.");
        }
        var changed = options.apply(EngineOptions.defaults());
        Supplier<Context> contexts = () -> model.newContext(_ -> changed.contextOptions());
        var context = contexts.get();
        try {
            var engine = new Engine(model, new EngineThread(contexts, context, model.tokenizer(), changed));
            engine.thread.start();
            return engine;
        } catch (Throwable e) {
            context.close();
            throw e;
        }
    }

    /** The model. */
    public Model model() {
        return model;
    }

    /** A new, empty session. */
    public Session session() {
        return new Session(this, model.tokenizer(), new TokenList());
    }

    /** What it is doing. */
    public Stats stats() {
        return work.stats();
    }

    /**
     * Waits until all generations have ended; more may be asked for meanwhile.
     *
     * @return whether they have, or the timeout came first
     */
    public boolean drain(Duration timeout) throws InterruptedException {
        return work.awaitIdle(timeout);
    }

    /** Cancels all generations, which end with {@link FinishReason#CANCELLED}, and frees the cache; idempotent, from any thread, back within a second. */
    @Override
    public void close() {
        work.close();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(PATIENCE);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    Generation submit(Session session, int[] prompt, Optional<GenerationOptions> options) {
        int limit = work.limit();
        if (prompt.length + (options.isPresent() ? 1 : 0) > limit) {
            throw new PromptTooLongException(prompt.length, limit);
        }
        return work.submit(session, prompt, options);
    }
}
