package dev.qwen4j.internal;

import dev.qwen4j.bindings.generated.qwen4j_custom_sampler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** Calls a {@link CustomStage} from C. An exception that left an upcall would end the JVM, so it is handed over, and the call told that it failed. */
final class CustomStub {
    private static final int DONE = 0;
    private static final int FAILED = 1;

    private final CustomStage stage;
    private final Consumer<Throwable> onThrow;

    CustomStub(CustomStage stage, Consumer<Throwable> onThrow) {
        this.stage = stage;
        this.onThrow = onThrow;
    }

    /** Writes its functions, which live as long as the arena. */
    void write(MemorySegment struct, Arena arena) {
        qwen4j_custom_sampler.apply(
                struct, qwen4j_custom_sampler.apply.allocate(candidates -> guarded(() -> apply(candidates)), arena));
        qwen4j_custom_sampler.accept(
                struct, qwen4j_custom_sampler.accept.allocate(token -> guarded(() -> stage.accept(token)), arena));
        qwen4j_custom_sampler.reset(struct, qwen4j_custom_sampler.reset.allocate(() -> guarded(stage::reset), arena));
    }

    private void apply(MemorySegment candidates) {
        try (var call = Arena.ofConfined()) {
            stage.apply(CandidateArrays.read(candidates, call)).write(candidates, call);
        }
    }

    private int guarded(Runnable body) {
        try {
            body.run();
            return DONE;
        } catch (Throwable e) {
            onThrow.accept(e);
            return FAILED;
        }
    }
}
