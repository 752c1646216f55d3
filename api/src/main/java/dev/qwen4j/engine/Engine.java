package dev.qwen4j.engine;

import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.State;
import java.time.Duration;
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
    private final LocalInference inference;
    private final EngineThread work;
    private final Thread thread;

    private Engine(Model model, EngineThread work, EngineOptions options) {
        this.model = model;
        this.work = work;
        this.inference = new LocalInference(model, work, options);
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
        Supplier<Context> contexts = () -> model.newContext(changed::contextOptions);
        var context = contexts.get();
        try {
            var engine = new Engine(model, new EngineThread(contexts, context, changed), changed);
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

    /** The most tokens of a session. */
    public int sessionLength() {
        return work.limit();
    }

    /** A new, empty session. */
    public Session session() {
        return session("");
    }

    /**
     * A new, empty session of a tenant's. What is computed for one tenant is reused for no other one, but for what {@linkplain Session#sharePrefix was shared};
     * and tenants have their turns evenly, however much each asks for.
     *
     * @param tenant any name; the empty one is that of {@link #session()}
     */
    public Session session(String tenant) {
        return new Session(inference, new Transcript(), new Namespace(tenant, 0));
    }

    /**
     * A session that goes on from a state that {@link Session#save} gave; blocks until the state is in the cache.
     *
     * @throws dev.qwen4j.StateException if it is of another model, or of a context that this engine's cannot go on with
     * @throws IllegalArgumentException if it does not know its tokens
     * @throws PromptTooLongException if it is longer than sessions of this engine are
     * @throws RejectedException if too many wait
     */
    public Session open(State state) {
        return open(state, "");
    }

    /** A session of a tenant's that goes on from a state; as {@link #open(State)}. */
    public Session open(State state, String tenant) {
        var transcript = new Transcript();
        transcript.tokens().addAll(state.tokens());
        if (transcript.size() != state.position()) {
            throw new IllegalArgumentException(
                    "The state has %,d positions and knows %,d tokens, so that no session can go on from it. Save one with its tokens."
                            .formatted(state.position(), transcript.size()));
        }
        for (int token : state.tokens()) {
            model.tokenizer().token(token);
        }
        var namespace = new Namespace(tenant, 0);
        inference.restore(state, transcript, namespace);
        return new Session(inference, transcript, namespace);
    }

    /** What it is doing. */
    public Stats stats() {
        return work.stats();
    }

    /** What it is doing for a tenant, and nothing of what it does for others. */
    public TenantStats stats(String tenant) {
        return work.stats(tenant);
    }

    /**
     * Waits until all generations have ended; more may be asked for meanwhile.
     *
     * @return whether they have, or the timeout came first
     */
    public boolean drain(Duration timeout) throws InterruptedException {
        return work.queue().awaitIdle(timeout);
    }

    /** Cancels all generations, which end with {@link FinishReason#CANCELLED}, and frees the cache; idempotent, from any thread, back within a second. */
    @Override
    public void close() {
        work.close();
        inference.close();
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

    /** Has each token that is sampled shown to an observer, on the engine's thread. */
    void probe(LogitsProbe observer) {
        work.probe(observer);
    }
}
