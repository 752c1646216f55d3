package dev.qwen4j.benchmarks;

import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.engine.Drafting;
import dev.qwen4j.engine.Engine;
import dev.qwen4j.engine.Generation;
import dev.qwen4j.engine.GenerationOptions;
import dev.qwen4j.engine.Reply;
import dev.qwen4j.engine.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** An engine in this JVM on a model of its own: the one place where benchmarks start one. For any thread. */
final class EngineSide implements AutoCloseable {
    /** Of all sampling, on both sides. */
    static final long SEED = 42;

    /** Of what several sessions took from the first token of one to the last of another, how much all of them must have generated in. */
    private static final double TOGETHER = 0.8;

    private final Model model;
    private final Engine engine;

    /**
     * Starts one.
     *
     * @param sessions how many it computes at once
     * @param tokensEach how many tokens each of them has room for
     */
    EngineSide(Path file, Settings settings, int sessions, int tokensEach) {
        this(file, settings, sessions, tokensEach, Drafting.promptLookup());
    }

    /** One that guesses in another way. */
    EngineSide(Path file, Settings settings, int sessions, int tokensEach, Drafting drafting) {
        model = Model.load(file);
        try {
            engine = Engine.start(
                    model,
                    options -> options.length(tokensEach)
                            .maxActive(sessions)
                            .drafting(drafting)
                            .context(context -> context.threads(settings.threads())
                                    .batchSize(LlamaBench.BATCH)
                                    .microBatchSize(LlamaBench.MICRO_BATCH)));
        } catch (Throwable e) {
            model.close();
            throw e;
        }
    }

    Model model() {
        return model;
    }

    Engine engine() {
        return engine;
    }

    /** A new session that begins with tokens. */
    Session session(int[] prompt) {
        return engine.session().append(prompt);
    }

    /** Sessions that begin with prompts, all of which are computed. */
    List<Session> preloaded(List<int[]> prompts) {
        var sessions = prompts.stream().map(this::session).toList();
        var loading = sessions.stream().map(Session::preload).toList();
        loading.forEach(Generation::await);
        return sessions;
    }

    /** Begins a reply of exactly so many tokens. */
    static Generation generate(Session session, int tokens) {
        return session.generate(options -> exactly(options, tokens));
    }

    private static GenerationOptions exactly(GenerationOptions options, int tokens) {
        return options.sampling(Sampling.qwen3NonThinking().seed(SEED))
                .minTokens(tokens)
                .maxTokens(tokens);
    }

    /**
     * Waits for one.
     *
     * @throws IllegalStateException if it has fewer
     */
    static Reply await(Generation generation, int tokens) {
        var reply = generation.await();
        if (reply.tokens().size() != tokens) {
            throw new IllegalStateException("The engine generated "
                    + reply.tokens().size() + " tokens of " + tokens + " behind "
                    + reply.usage().promptTokens() + ", and ended with " + reply.finishReason() + ".");
        }
        return reply;
    }

    /** Waits for a reply to a prompt, in a session of its own. */
    Reply answer(int[] prompt, int tokens) {
        try (var session = session(prompt)) {
            return await(generate(session, tokens), tokens);
        }
    }

    /** Milliseconds until a session has its first token. */
    static double millisToFirstToken(Session session) {
        long start = System.nanoTime();
        await(generate(session, 1), 1);
        return (System.nanoTime() - start) / 1e6;
    }

    /**
     * Tokens a second of sessions that generate together, from the first token to the last; afterwards they have the tokens that they had before.
     *
     * @throws IllegalStateException if they did not generate together
     */
    static double decodeRate(List<Session> sessions, int tokens) {
        var lengths = sessions.stream().map(Session::length).toList();
        var asked = new ArrayList<Long>();
        var generations = new ArrayList<Generation>();
        for (var session : sessions) {
            asked.add(System.nanoTime());
            generations.add(generate(session, tokens));
        }
        var firsts = new ArrayList<Long>();
        var lasts = new ArrayList<Long>();
        double rate = 0;
        for (int i = 0; i < sessions.size(); i++) {
            var usage = await(generations.get(i), tokens).usage();
            long first =
                    asked.get(i) + usage.queued().toNanos() + usage.prefill().toNanos();
            firsts.add(first);
            lasts.add(first + usage.decode().toNanos());
            rate += (tokens - 1) / (usage.decode().toNanos() / 1e9);
            sessions.get(i).rewind(lengths.get(i));
        }
        // The sum of rates is a rate only of what was at the same time.
        double together = Collections.min(lasts) - Collections.max(firsts);
        double all = Collections.max(lasts) - Collections.min(firsts);
        if (together < TOGETHER * all) {
            throw new IllegalStateException("Of %.2f s in which %d sessions generated, all of them did in %.2f s only."
                    .formatted(all / 1e9, sessions.size(), together / 1e9));
        }
        return rate;
    }

    @Override
    public void close() {
        engine.close();
        model.close();
    }
}
