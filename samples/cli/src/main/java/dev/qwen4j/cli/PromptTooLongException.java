package dev.qwen4j.cli;

import dev.qwen4j.Qwen4jException;

/** Thrown when a context cannot hold a prompt, whatever else it forgets. */
final class PromptTooLongException extends Qwen4jException {
    PromptTooLongException(int prompt, int context) {
        super(
                "The prompt has %,d tokens and the context holds %,d. Pass -c with a larger number, or shorten the prompt."
                        .formatted(prompt, context));
    }
}
