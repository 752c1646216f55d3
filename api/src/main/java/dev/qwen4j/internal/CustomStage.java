package dev.qwen4j.internal;

/** What the native chain calls of a sampler written in Java. What it throws ends the native call. For the thread that samples. */
public interface CustomStage {
    /** The candidates that are left of those given: the same ones or fewer, none of them NaN. */
    CandidateArrays apply(CandidateArrays candidates);

    /** Takes a token. */
    void accept(int token);

    /** Begins anew. */
    void reset();
}
