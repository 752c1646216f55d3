package dev.qwen4j.engine;

/**
 * A request's tokens in a batch.
 *
 * @param request whose they are
 * @param from the position of the first
 * @param count how many
 * @param drafts tokens on trial behind them
 * @param index the first one's place in the batch
 */
record Part(Request request, int from, int count, TokenList drafts, int index) {
    /** The place in the batch of the last of them. */
    int last() {
        return index + count - 1;
    }
}
