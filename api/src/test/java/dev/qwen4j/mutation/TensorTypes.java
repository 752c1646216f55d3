package dev.qwen4j.mutation;

import dev.qwen4j.gguf.GgmlType;
import java.util.List;
import java.util.random.RandomGenerator;

/** What tensors of each type take. */
final class TensorTypes {
    private static final List<GgmlType> ALL = List.of(GgmlType.values());

    private TensorTypes() {}

    /** The bytes of a tensor whose numbers can have that type; -1 where they cannot. */
    static long byteSize(int type, long... shape) {
        var known = GgmlType.of(type);
        long row = shape.length == 0 ? 1 : shape[0];
        if (known.isEmpty() || row % known.get().blockSize() != 0) {
            return -1;
        }
        long elements = 1;
        for (long size : shape) {
            elements *= size;
        }
        return elements / known.get().blockSize() * known.get().blockBytes();
    }

    static int any(RandomGenerator random) {
        return Mutation.any(ALL, random).id();
    }
}
