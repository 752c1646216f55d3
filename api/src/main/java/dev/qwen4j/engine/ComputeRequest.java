package dev.qwen4j.engine;

import dev.qwen4j.Context;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * Computes tokens, and then does something with the slot in which they lie.
 *
 * @param <T> what comes of it
 */
final class ComputeRequest<T> extends Request {
    private final CompletableFuture<T> result;
    private final BiFunction<Context, Slot, T> then;

    ComputeRequest(
            Demand demand, Transcript transcript, CompletableFuture<T> result, BiFunction<Context, Slot, T> then) {
        super(demand, transcript);
        this.result = result;
        this.then = then;
    }

    @Override
    int reusable() {
        return tokens().size();
    }

    @Override
    boolean wantsOutput(int position) {
        return false;
    }

    @Override
    void prepare(Context context) {}

    @Override
    Optional<FinishReason> computed(Context context, Part part) {
        if (uncomputed() > 0) {
            return Optional.empty();
        }
        result.complete(then.apply(context, slot()));
        return Optional.of(FinishReason.STOP);
    }

    @Override
    void finish(FinishReason reason) {
        if (!result.isDone()) {
            result.completeExceptionally(Unfinished.because(reason));
        }
    }

    @Override
    void fail(RuntimeException e) {
        result.completeExceptionally(e);
    }
}
