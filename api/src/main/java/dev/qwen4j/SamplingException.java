package dev.qwen4j;

/**
 * Thrown when no token could be chosen or taken: all candidates are banned, a grammar refuses a token, numbers are no numbers, or a sampler written in
 * Java failed, which is then the cause.
 */
public final class SamplingException extends Qwen4jException {
    /** Why. */
    public enum Kind {
        /** Every candidate is banned, by a bias, a grammar or a custom sampler; or none is left. */
        NO_CANDIDATE,
        /** Logits or probabilities are NaN: the model's weights are broken, or a stage's numbers are too extreme. */
        NOT_A_NUMBER,
        /** A grammar does not allow the token; the sampler is as it was before. */
        REFUSED,
        /** A sampler written in Java threw, selected nothing, or left candidates that cannot be used. */
        CUSTOM,
        /** A lazy grammar has waited so long that its patterns cannot be looked for any more. */
        WAITED_TOO_LONG
    }

    private final Kind kind;

    /** Creates one; applications have no reason to. */
    public SamplingException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** The same, for a failure that another exception caused. */
    public SamplingException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** Why. */
    public Kind kind() {
        return kind;
    }
}
