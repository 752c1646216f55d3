package dev.qwen4j;

/** How the embeddings of a sequence's tokens become one of the sequence. */
public enum Pooling {
    /** As the model's file says; none if it says nothing. */
    MODEL,
    /** Not: each token has its own. */
    NONE,
    /** Their mean. */
    MEAN,
    /** The first token's. */
    CLS,
    /** The last token's. */
    LAST,
    /** The scores of the model's classification head, as a reranker's. */
    RANK
}
