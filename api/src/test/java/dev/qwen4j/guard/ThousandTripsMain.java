package dev.qwen4j.guard;

import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_context_params;
import dev.qwen4j.bindings.generated.llama_token_data_array;
import dev.qwen4j.child.ResidentMemory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Trips the guard a thousand times, by asserts and by exceptions, and looks at the memory of the process. */
final class ThousandTripsMain {
    private final Scene scene = new Scene(Path.of("."));
    private final Raw raw = scene.raw;
    private final MemorySegment large = raw.batchOf(513);
    private final MemorySegment chooser = raw.sampler(scene.model, LlamaCpp.QWEN4J_SAMPLER_TYPICAL());
    private final MemorySegment nothing = llama_token_data_array.allocate(raw.arena);
    private final MemorySegment room = raw.arena.allocate(64);
    private final MemorySegment params = LlamaCpp.llama_context_default_params(raw.arena);

    private ThousandTripsMain() {
        llama_context_params.n_batch(params, 0);
    }

    public static void main(String[] args) throws Exception {
        var main = new ThousandTripsMain();
        ResidentMemory.watch("guard trips", main::trip);
        main.scene.answersAsBefore();
    }

    private void trip(int i) {
        switch (i % 4) {
            case 0 -> raw.decode(scene.context, large);
            case 1 -> LlamaCpp.qwen4j_sampler_apply(raw.error, chooser, nothing);
            case 2 -> LlamaCpp.qwen4j_token_to_piece(raw.error, scene.vocabulary, -1, room, 64, 0, true);
            default -> LlamaCpp.qwen4j_context_new(raw.error, scene.model, params, MemorySegment.NULL);
        }
        int status = raw.status();
        if (status != LlamaCpp.QWEN4J_STATUS_ASSERTION() && status != LlamaCpp.QWEN4J_STATUS_EXCEPTION()) {
            throw new AssertionError("Trip " + i + " ended with status " + status + ", " + raw.message());
        }
    }
}
