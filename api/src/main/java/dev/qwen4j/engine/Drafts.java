package dev.qwen4j.engine;

/** Tokens on trial: accepted as far as they are what is chosen without them. */
final class Drafts {
    private final TokenList tokens;
    private int accepted;
    private boolean goesOn;

    Drafts(TokenList tokens) {
        this.tokens = tokens;
    }

    /** The token that was chosen where the next draft stands. */
    void chosen(int token) {
        goesOn = accepted < tokens.size() && tokens.get(accepted) == token;
        accepted += goesOn ? 1 : 0;
    }

    int accepted() {
        return accepted;
    }

    /** Whether the last choice was the draft, so that the logits behind it are good. */
    boolean goesOn() {
        return goesOn;
    }
}
