package dev.qwen4j.cli;

import dev.qwen4j.CancelledException;
import dev.qwen4j.ChatPrompt;
import dev.qwen4j.Context;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.Tokenizer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers one prompt after the other in a context. */
final class Answerer {
    private static final Logger LOG = LoggerFactory.getLogger(Answerer.class);

    private final Context context;
    private final Tokenizer tokenizer;
    private final ContextTokens tokens;
    private final Sampler sampler;
    private final int maxTokens;
    private final BooleanSupplier stopped;

    /**
     * Creates one.
     *
     * @param stopped whether the user wants no more of the present answer; asked before each token
     */
    Answerer(Context context, Sampling sampling, int maxTokens, BooleanSupplier stopped) {
        this.context = context;
        this.tokenizer = context.model().tokenizer();
        this.tokens = new ContextTokens(context);
        this.sampler = context.newSampler(sampling);
        this.maxTokens = maxTokens;
        this.stopped = stopped;
    }

    /**
     * Answers a prompt, and shows the answer while it comes.
     *
     * @throws PromptTooLongException if the context cannot hold the prompt
     */
    Answer answer(ChatPrompt prompt, ReplyView view) {
        var ids = prompt.tokens();
        int reused = tokens.reuse(ids);
        LOG.debug("Reading a prompt of {} tokens, {} of them known.", ids.length, reused);
        long start = System.nanoTime();
        boolean ready = prefill(ids);
        long prefilled = System.nanoTime();
        var generation = new Generation(tokenizer, tokens, sampler);
        var ending = ready ? generation.run(view, maxTokens, stopped) : Ending.STOPPED;
        long end = System.nanoTime();
        return new Answer(
                view.finish(),
                ending,
                new Answer.Cost(
                        ids.length,
                        reused,
                        Duration.ofNanos(prefilled - start),
                        generation.count(),
                        Duration.ofNanos(end - prefilled)));
    }

    /** Says on standard error how an answer ended, if it did not end by itself. */
    void report(Answer answer, Notices notices) {
        switch (answer.ending()) {
            case COMPLETE -> notices.endLine();
            case STOPPED -> notices.say("Stopped.");
            case MAX_TOKENS -> notices.say("The answer was cut at %,d tokens; -n allows more.".formatted(maxTokens));
            case CONTEXT_FULL ->
                notices.say("The answer was cut, as the context is full with %,d tokens; -c makes room for more."
                        .formatted(context.length()));
        }
    }

    /** Whether the whole prompt is in the context, which it is not after a stop. */
    private boolean prefill(int[] prompt) {
        try {
            while (tokens.size() < prompt.length) {
                if (stopped.getAsBoolean()) {
                    return false;
                }
                tokens.decodeSome(prompt);
            }
            return true;
        } catch (CancelledException e) {
            return false;
        }
    }
}
