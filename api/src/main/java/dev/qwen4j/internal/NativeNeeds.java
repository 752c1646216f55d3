package dev.qwen4j.internal;

import dev.qwen4j.ContextOptions;
import dev.qwen4j.ModelOptions;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.qwen4j_memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a model and a context would take, as llama.cpp works it out: without allocating anything, and without reading weights. Any thread. */
public final class NativeNeeds {
    private static final int ROOM = 64;

    private NativeNeeds() {}

    /**
     * What one kind of memory would have to give.
     *
     * @param device whose it is, by name
     * @param host whether it is the process's own
     * @param mappable whether a mapped file serves for the weights
     * @param model bytes of weights
     * @param context bytes of caches and states
     * @param compute bytes of temporary buffers
     */
    public record Need(String device, boolean host, boolean mappable, long model, long context, long compute) {}

    /**
     * Measures.
     *
     * @param files all parts of the model
     * @param architecture its own, as in its metadata
     * @param vocabularySize the number of its tokens; their texts are not read
     * @throws dev.qwen4j.LlamaException if llama.cpp would not make the model or the context
     */
    public static List<Need> measure(
            List<Path> files, ModelOptions model, ContextOptions context, String architecture, int vocabularySize) {
        NativeModel.loadLibraries();
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var room = qwen4j_memory.allocateArray(ROOM, call);
            int count = LlamaCpp.qwen4j_memory_needed(
                    guard.error(),
                    NativeModel.paths(call, files),
                    files.size(),
                    NativeModelParams.of(call, model),
                    NativeContext.params(call, context),
                    call.allocateFrom(architecture),
                    vocabularySize,
                    room,
                    ROOM);
            guard.check("measure " + files.getFirst());
            var needs = new ArrayList<Need>();
            for (int i = 0; i < count; i++) {
                needs.add(need(qwen4j_memory.asSlice(room, i)));
            }
            return List.copyOf(needs);
        }
    }

    private static Need need(MemorySegment entry) {
        return new Need(
                qwen4j_memory.device(entry).getString(0),
                qwen4j_memory.host(entry),
                qwen4j_memory.mappable(entry),
                qwen4j_memory.model(entry),
                qwen4j_memory.context(entry),
                qwen4j_memory.compute(entry));
    }
}
