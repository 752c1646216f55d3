package dev.qwen4j.guard;

import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_batch;
import dev.qwen4j.bindings.generated.llama_context_params;
import dev.qwen4j.bindings.generated.llama_model_params;
import dev.qwen4j.bindings.generated.qwen4j_error;
import dev.qwen4j.bindings.generated.qwen4j_sampler_stage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The shim's functions as they are, with nothing of Java's in between that checks arguments. */
final class Raw {
    private static final String QUESTION =
            "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n";

    final Arena arena = Arena.global();
    final MemorySegment error = qwen4j_error.allocate(arena);

    int status() {
        return qwen4j_error.status(error);
    }

    int code() {
        return qwen4j_error.code(error);
    }

    String message() {
        return qwen4j_error.message(error).getString(0, StandardCharsets.UTF_8);
    }

    String log() {
        return qwen4j_error.log(error).getString(0, StandardCharsets.UTF_8);
    }

    /** Fails if the last call did. */
    void succeeded() {
        if (status() != LlamaCpp.QWEN4J_STATUS_OK()) {
            throw new AssertionError("Status " + status() + ": " + message() + "\n" + log());
        }
    }

    MemorySegment load(Path file, Consumer<MemorySegment> change) {
        var params = LlamaCpp.llama_model_default_params(arena);
        change.accept(params);
        var paths = arena.allocateFrom(ValueLayout.ADDRESS, arena.allocateFrom(file.toString()));
        return LlamaCpp.qwen4j_model_load(error, paths, 1, params);
    }

    MemorySegment loadVocabularyOnly(Path file) {
        return load(file, params -> llama_model_params.vocab_only(params, true));
    }

    /** Of 512 tokens and one thread, unless that is changed. */
    MemorySegment context(MemorySegment model, Consumer<MemorySegment> change) {
        var params = LlamaCpp.llama_context_default_params(arena);
        llama_context_params.n_ctx(params, 512);
        llama_context_params.n_batch(params, 512);
        llama_context_params.n_threads(params, 1);
        llama_context_params.n_threads_batch(params, 1);
        change.accept(params);
        return LlamaCpp.qwen4j_context_new(error, model, params, MemorySegment.NULL);
    }

    boolean broken(MemorySegment context) {
        return LlamaCpp.qwen4j_context_broken(context) != 0;
    }

    void free(MemorySegment context) {
        LlamaCpp.qwen4j_context_free(error, context);
        succeeded();
    }

    /** A batch of these tokens, of which the last wants logits, at the positions that come next. */
    MemorySegment batch(int... tokens) {
        var batch = llama_batch.allocate(arena);
        llama_batch.n_tokens(batch, tokens.length);
        llama_batch.token(batch, arena.allocateFrom(ValueLayout.JAVA_INT, tokens));
        return batch;
    }

    /** As many tokens. */
    MemorySegment batchOf(int count) {
        var tokens = new int[count];
        Arrays.fill(tokens, 1);
        return batch(tokens);
    }

    int decode(MemorySegment context, MemorySegment batch) {
        return LlamaCpp.qwen4j_decode(error, context, batch);
    }

    MemorySegment sampler(MemorySegment model, int... kinds) {
        var stages = qwen4j_sampler_stage.allocateArray(kinds.length, arena);
        for (int i = 0; i < kinds.length; i++) {
            qwen4j_sampler_stage.kind(qwen4j_sampler_stage.asSlice(stages, i), kinds[i]);
        }
        return LlamaCpp.qwen4j_sampler_new(error, LlamaCpp.llama_model_get_vocab(model), stages, kinds.length);
    }

    int[] tokens(MemorySegment model, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var tokens = arena.allocate(ValueLayout.JAVA_INT, bytes.length + 8L);
        int count = LlamaCpp.qwen4j_tokenize(
                error,
                LlamaCpp.llama_model_get_vocab(model),
                arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes),
                bytes.length,
                tokens,
                bytes.length + 8,
                false,
                true);
        succeeded();
        return tokens.asSlice(0, (long) count * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
    }

    /** What the model answers greedily, after the context was cleared: the same tokens each time, with the logits' bits. */
    List<Integer> answer(MemorySegment model, MemorySegment context) {
        LlamaCpp.qwen4j_memory_clear(error, context);
        succeeded();
        var sampler = sampler(model, LlamaCpp.QWEN4J_SAMPLER_GREEDY());
        var answer = new ArrayList<Integer>();
        var next = batch(tokens(model, QUESTION));
        for (int i = 0; i < 8; i++) {
            int code = decode(context, next);
            succeeded();
            if (code != 0) {
                throw new AssertionError("decode returned " + code);
            }
            var logits = LlamaCpp.qwen4j_logits(error, context, -1);
            succeeded();
            answer.add(Pointers.sized(logits, Float.BYTES, arena).get(ValueLayout.JAVA_INT, 0));
            answer.add(LlamaCpp.qwen4j_sample(error, sampler, context, -1));
            succeeded();
            next = batch(answer.getLast());
        }
        LlamaCpp.qwen4j_sampler_free(error, sampler);
        return answer;
    }
}
