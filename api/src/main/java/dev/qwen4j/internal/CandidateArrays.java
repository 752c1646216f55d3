package dev.qwen4j.internal;

import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.llama_token_data;
import dev.qwen4j.bindings.generated.llama_token_data_array;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Candidates as arrays, and as llama.cpp's {@code llama_token_data_array}. For one thread.
 *
 * @param ids the tokens
 * @param logits their logits
 * @param probabilities their probabilities
 * @param size how many of the arrays' elements count
 * @param selected the place of the selected one, or -1
 * @param sorted whether they are in order of falling logits
 */
@SuppressWarnings("ArrayRecordComponent") // Passed on and not kept.
public record CandidateArrays(
        int[] ids, float[] logits, float[] probabilities, int size, int selected, boolean sorted) {
    private static final long STRIDE = llama_token_data.sizeof();
    private static final long LOGIT = llama_token_data.logit$offset();
    private static final long PROBABILITY = llama_token_data.p$offset();

    /** Copies what C passed. */
    static CandidateArrays read(MemorySegment struct, Arena arena) {
        var array = Pointers.sized(struct, llama_token_data_array.sizeof(), arena);
        int size = Math.toIntExact(llama_token_data_array.size(array));
        var data = size == 0
                ? MemorySegment.NULL
                : Pointers.sized(llama_token_data_array.data(array), size * STRIDE, arena);
        var ids = new int[size];
        var logits = new float[size];
        var probabilities = new float[size];
        for (int i = 0; i < size; i++) {
            ids[i] = data.get(ValueLayout.JAVA_INT, i * STRIDE);
            logits[i] = data.get(ValueLayout.JAVA_FLOAT, i * STRIDE + LOGIT);
            probabilities[i] = data.get(ValueLayout.JAVA_FLOAT, i * STRIDE + PROBABILITY);
        }
        return new CandidateArrays(
                ids,
                logits,
                probabilities,
                size,
                Math.toIntExact(llama_token_data_array.selected(array)),
                llama_token_data_array.sorted(array));
    }

    /** Copies them to where C's are, of which there must be as many or more. */
    void write(MemorySegment struct, Arena arena) {
        var array = Pointers.sized(struct, llama_token_data_array.sizeof(), arena);
        fill(Pointers.sized(llama_token_data_array.data(array), size * STRIDE, arena));
        describe(array);
    }

    /** The same in native memory. */
    MemorySegment allocate(Arena arena) {
        var data = llama_token_data.allocateArray(size, arena);
        var array = llama_token_data_array.allocate(arena);
        fill(data);
        llama_token_data_array.data(array, data);
        describe(array);
        return array;
    }

    private void fill(MemorySegment data) {
        for (int i = 0; i < size; i++) {
            data.set(ValueLayout.JAVA_INT, i * STRIDE, ids[i]);
            data.set(ValueLayout.JAVA_FLOAT, i * STRIDE + LOGIT, logits[i]);
            data.set(ValueLayout.JAVA_FLOAT, i * STRIDE + PROBABILITY, probabilities[i]);
        }
    }

    private void describe(MemorySegment array) {
        llama_token_data_array.size(array, size);
        llama_token_data_array.selected(array, selected);
        llama_token_data_array.sorted(array, sorted);
    }
}
