package dev.qwen4j.engine;

import dev.qwen4j.Context;

/** Sees what each token was sampled from; on the engine's thread. Tests replay samplers with it. */
interface LogitsProbe {
    LogitsProbe NONE = (_, _, _) -> {};

    void sampled(Context context, int index, int token);

    /** The same, of one of several generations. */
    default void sampled(Generation generation, Context context, int index, int token) {
        sampled(context, index, token);
    }
}
