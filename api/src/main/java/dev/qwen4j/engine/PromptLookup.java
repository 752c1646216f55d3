package dev.qwen4j.engine;

/**
 * Guesses that a text goes on as it did where its last tokens came before: good for what repeats or edits a text, free everywhere else.
 *
 * <p>Saxena, "Prompt Lookup Decoding" (2023).
 */
final class PromptLookup implements Drafter {
    private static final int LONGEST = 5;
    private static final int SHORTEST = 3;

    @Override
    public TokenList draft(TokenList tokens, int most) {
        int size = tokens.size();
        int best = 0;
        int at = -1;
        // The latest place where the most of the last tokens came before.
        for (int end = size - 2; end >= SHORTEST - 1 && best < LONGEST; end--) {
            int matched = 0;
            while (matched < LONGEST
                    && end - matched >= 0
                    && tokens.get(end - matched) == tokens.get(size - 1 - matched)) {
                matched++;
            }
            if (matched > best) {
                best = matched;
                at = end;
            }
        }
        if (best < SHORTEST) {
            return new TokenList();
        }
        var drafts = new TokenList();
        drafts.addAll(tokens, at + 1, Math.min(at + 1 + most, size));
        return drafts;
    }
}
