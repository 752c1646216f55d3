package dev.qwen4j;

/**
 * Is shown what a context computes, tensor by tensor; for looking into a model, not for production: a graph is then cut at each tensor that is wanted.
 *
 * <p>Called on the thread that decodes, during the decode. What it throws ends the decode with a {@link Qwen4jException} whose cause it is; the context
 * then holds what it held before, or nothing where its cache cannot be cut. It must not use the context.
 *
 * @see ContextOptions#evalListener
 */
public interface EvalListener {
    /** Whether the values of a tensor are wanted, before it is computed. */
    boolean wants(EvalNode node);

    /** Gets a tensor that was wanted. */
    void computed(EvalTensor tensor);
}
