package dev.qwen4j.cli;

import dev.qwen4j.CancelledException;
import dev.qwen4j.Sampler;
import dev.qwen4j.StreamingDecoder;
import dev.qwen4j.Tokenizer;
import java.util.function.BooleanSupplier;

/** The loop: choose a token, show it, decode it. */
final class Generation {
    private final Tokenizer tokenizer;
    private final ContextTokens tokens;
    private final Sampler sampler;
    private final StreamingDecoder decoder;
    private int count;

    Generation(Tokenizer tokenizer, ContextTokens tokens, Sampler sampler) {
        this.tokenizer = tokenizer;
        this.tokens = tokens;
        this.sampler = sampler;
        this.decoder = tokenizer.newStreamingDecoder();
    }

    /** How many tokens were generated. */
    int count() {
        return count;
    }

    /** Generates behind the tokens of the context until something ends it. */
    Ending run(ReplyView view, int maxTokens, BooleanSupplier stopped) {
        try {
            while (!stopped.getAsBoolean()) {
                int token = sampler.sample();
                if (tokenizer.isEndOfGeneration(token)) {
                    return Ending.COMPLETE;
                }
                count++;
                if (view.add(decoder.add(token))) {
                    return Ending.COMPLETE;
                }
                if (count == maxTokens) {
                    return Ending.MAX_TOKENS;
                }
                if (tokens.isFull()) {
                    return Ending.CONTEXT_FULL;
                }
                tokens.decode(token);
            }
            return Ending.STOPPED;
        } catch (CancelledException e) {
            return Ending.STOPPED;
        }
    }
}
