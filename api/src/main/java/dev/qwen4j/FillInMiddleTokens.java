package dev.qwen4j;

import java.util.OptionalInt;

/**
 * The tokens that a code model was trained to fill a gap with; each is empty where a model lacks it.
 *
 * @param prefix before the text above the gap
 * @param suffix before the text below the gap
 * @param middle where the model is to begin
 * @param padding fills batches up in training
 * @param repository before a repository's name
 * @param file before a file's name and its text
 */
public record FillInMiddleTokens(
        OptionalInt prefix,
        OptionalInt suffix,
        OptionalInt middle,
        OptionalInt padding,
        OptionalInt repository,
        OptionalInt file) {
    /** Whether it has what filling a gap takes: prefix, suffix and middle. */
    public boolean isComplete() {
        return prefix.isPresent() && suffix.isPresent() && middle.isPresent();
    }
}
