package dev.qwen4j.cli;

import dev.qwen4j.Context;
import java.util.Arrays;

/** A context and the tokens that it holds, so that a prompt which begins like the last one costs only what is new. */
final class ContextTokens {
    /** A stop that comes between two decodes is seen before the next one, so none should be long. */
    private static final int MOST_AT_ONCE = 512;

    private final Context context;
    private final int[] tokens;

    ContextTokens(Context context) {
        this.context = context;
        this.tokens = new int[context.length()];
    }

    int size() {
        return context.position();
    }

    boolean isFull() {
        return size() == tokens.length;
    }

    /**
     * Keeps what the context has in common with a prompt, and forgets the rest.
     *
     * @return how many tokens were kept; less than the prompt has, as the last one must be decoded for its logits
     * @throws PromptTooLongException if the context cannot hold the prompt
     */
    int reuse(int[] prompt) {
        if (prompt.length > tokens.length) {
            throw new PromptTooLongException(prompt.length, tokens.length);
        }
        int most = Math.min(size(), prompt.length - 1);
        int difference = Arrays.mismatch(tokens, 0, most, prompt, 0, most);
        // A cache that cannot be cut is emptied.
        return context.rewind(difference < 0 ? most : difference);
    }

    /** Decodes the next few tokens of a prompt whose beginning the context holds. */
    void decodeSome(int[] prompt) {
        int from = size();
        int to = Math.min(prompt.length, from + Math.min(MOST_AT_ONCE, context.batchSize()));
        context.decode(Arrays.copyOfRange(prompt, from, to));
        System.arraycopy(prompt, from, tokens, from, to - from);
    }

    /** Decodes one token. */
    void decode(int token) {
        int position = size();
        context.decode(token);
        tokens[position] = token;
    }
}
