package dev.qwen4j.guard;

import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_model_params;
import dev.qwen4j.bindings.generated.llama_progress_callback;
import dev.qwen4j.bindings.generated.qwen4j_error;
import dev.qwen4j.nano.Nano;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A progress callback that makes guarded calls of its own, which fail: each call tells of itself alone. */
final class NestedMain {
    private final Scene scene;
    private final MemorySegment innerError;
    private int calls;

    private NestedMain(Path folder) {
        scene = new Scene(folder);
        innerError = qwen4j_error.allocate(scene.raw.arena);
    }

    public static void main(String[] args) {
        var main = new NestedMain(Path.of(args[0]));
        main.load(true);
        main.scene.raw.succeeded();
        main.load(false);
        expect(main.scene.raw.status(), LlamaCpp.QWEN4J_STATUS_FAILED());
        if (main.scene.raw.message().contains("GGML_ASSERT")) {
            throw new AssertionError("The outer call tells of the inner one: " + main.scene.raw.message());
        }
        main.scene.answersAsBefore();
    }

    private void load(boolean goOn) {
        var callback = llama_progress_callback.allocate((fraction, data) -> fail() && goOn, scene.raw.arena);
        calls = 0;
        scene.raw.load(Nano.file(), params -> llama_model_params.progress_callback(params, callback));
        if (calls == 0) {
            throw new AssertionError("There was no progress.");
        }
    }

    /** Fails by an assert, and then by an exception. */
    private boolean fail() {
        calls++;
        LlamaCpp.qwen4j_decode(innerError, scene.context, scene.raw.batchOf(513));
        expect(qwen4j_error.status(innerError), LlamaCpp.QWEN4J_STATUS_ASSERTION());
        LlamaCpp.qwen4j_token_to_piece(innerError, scene.vocabulary, -1, MemorySegment.NULL, 0, 0, true);
        expect(qwen4j_error.status(innerError), LlamaCpp.QWEN4J_STATUS_EXCEPTION());
        var said = qwen4j_error.message(innerError).getString(0, StandardCharsets.UTF_8);
        if (said.contains("GGML_ASSERT")) {
            throw new AssertionError("The second call tells of the first: " + said);
        }
        return true;
    }

    private static void expect(int status, int wanted) {
        if (status != wanted) {
            throw new AssertionError("Status " + status + " instead of " + wanted);
        }
    }
}
