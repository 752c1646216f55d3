package dev.qwen4j.engine;

import dev.qwen4j.Context;
import dev.qwen4j.State;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Puts a state into a slot. */
final class RestoreRequest extends Request {
    private final State state;
    private final CompletableFuture<Boolean> result;

    RestoreRequest(Demand demand, Transcript transcript, State state, CompletableFuture<Boolean> result) {
        super(demand, transcript);
        this.state = state;
        this.result = result;
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
    void prepare(Context context) {
        var slot = slot();
        if (slot.length() < tokens().size()) {
            // Where the state is taken apart and llama.cpp refuses, nothing is left: so nothing is there before.
            context.kvCache().remove(slot.id());
            slot.truncate(0);
            context.states().restore(state, slot.id());
            slot.hold(namespace(), tokens().toArray(), tokens().size(), 0);
        }
    }

    @Override
    Optional<FinishReason> computed(Context context, Part part) {
        result.complete(true);
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
