package dev.qwen4j;

import dev.qwen4j.gguf.GgmlType;
import java.util.List;

/**
 * A tensor of a graph that is being computed.
 *
 * @param name llama.cpp's name, such as {@code l_out-3} for the output of the fourth layer
 * @param operation ggml's name of what computes it, such as {@code MUL_MAT}
 * @param type the type of its numbers
 * @param shape its four dimensions, the innermost first
 */
public record EvalNode(String name, String operation, GgmlType type, List<Long> shape) {
    /** Copies the shape. */
    public EvalNode {
        shape = List.copyOf(shape);
    }
}
