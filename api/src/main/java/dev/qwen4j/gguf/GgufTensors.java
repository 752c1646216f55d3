package dev.qwen4j.gguf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;

/** Reads the table of tensors, and checks that their data is in the file, gapless and in order, as gguf.cpp demands. */
final class GgufTensors {
    /** What an entry takes at least: the length of its name, one letter, dimensions, type, offset. */
    static final int ENTRY_BYTES = 8 + 1 + 4 + 4 + 8;

    /** {@code GGML_MAX_NAME} is 64, with the NUL at the end. */
    private static final int LONGEST_NAME = 63;

    /** {@code GGML_MAX_DIMS}. None at all is a single number: gguf.cpp allows that, too. */
    private static final int MOST_DIMENSIONS = 4;

    private final GgufInput input;
    private final int alignment;
    private long dataSize;

    GgufTensors(GgufInput input, int alignment) {
        this.input = input;
        this.alignment = alignment;
    }

    /** The tensors, this many, whose table starts at the input's position; moves to its end. */
    List<GgufTensor> read(int count) {
        var names = HashSet.<String>newHashSet(count);
        var tensors = new ArrayList<GgufTensor>(count);
        for (int i = 0; i < count; i++) {
            var name = name(i);
            if (!names.add(name)) {
                throw input.refusal("it has two tensors named " + Show.text(name), GgufInput.DAMAGED);
            }
            tensors.add(tensor(name));
        }
        return Collections.unmodifiableList(tensors);
    }

    /** Where the data starts, once the table is read; refuses a file that ends before its data does. */
    long checkData(List<GgufTensor> tensors) {
        if (tensors.isEmpty()) {
            return input.position();
        }
        var last = tensors.getLast();
        long dataOffset = padded(input.position(), "the table of tensors");
        // The padding behind the last tensor is often left out, and llama.cpp does not read it.
        long end = add(dataOffset, last.offset() + last.byteSize(), Show.text(last.name()));
        long missing = end - input.file().size();
        if (missing > 0) {
            throw input.refusal(
                    "its tensors end at byte %s, but it has only %s bytes: %s bytes are missing"
                            .formatted(
                                    Show.number(end), Show.number(input.file().size()), Show.number(missing)),
                    "The download is probably incomplete; continue it or download the file again.");
        }
        return dataOffset;
    }

    private String name(int index) {
        var what = "the name of tensor " + index;
        long length = input.stringLength(what);
        if (length < 1 || length > LONGEST_NAME) {
            throw input.refusal(
                    "%s has %s bytes, and must have 1 to %d".formatted(what, Show.number(length), LONGEST_NAME),
                    GgufInput.DAMAGED);
        }
        return input.name(length, what);
    }

    private GgufTensor tensor(String name) {
        var what = "tensor " + Show.text(name);
        var shape = shape(what);
        var type = type(what);
        long rowLength = shape.isEmpty() ? 1 : shape.getFirst();
        if (rowLength % type.blockSize() != 0) {
            throw input.refusal(
                    "%s has rows of %s numbers, and its type %s needs whole blocks of %d"
                            .formatted(what, Show.number(rowLength), type, type.blockSize()),
                    GgufInput.DAMAGED);
        }
        long offset = input.i64(what);
        if (offset != dataSize) {
            throw input.refusal(
                    "%s has its data at offset %s, and must have it at %s, right behind the tensor before it"
                            .formatted(what, Show.number(offset), Show.number(dataSize)),
                    GgufInput.DAMAGED);
        }
        long byteSize = byteSize(shape, type, what);
        dataSize = padded(add(offset, byteSize, what), what);
        return new GgufTensor(name, type, shape, offset, byteSize);
    }

    private List<Long> shape(String what) {
        long dimensions = input.u32(what);
        if (dimensions > MOST_DIMENSIONS) {
            throw input.refusal(
                    "%s has %s dimensions, and llama.cpp supports %d"
                            .formatted(what, Show.number(dimensions), MOST_DIMENSIONS),
                    GgufInput.DAMAGED);
        }
        var shape = new ArrayList<Long>((int) dimensions);
        for (int i = 0; i < dimensions; i++) {
            long size = input.i64(what);
            if (size < 1) {
                throw input.refusal(
                        what + " has " + Show.number(size) + " as the size of dimension " + i, GgufInput.DAMAGED);
            }
            shape.add(size);
        }
        return shape;
    }

    private GgmlType type(String what) {
        long id = input.u32(what);
        return GgmlType.of(id)
                .orElseThrow(() -> input.refusal(
                        what + " has type " + id + ", which llama.cpp 0.5.0 does not know or has removed",
                        "Download the model in another quantization; if this one is new, update Qwen4j."));
    }

    /**
     * The size in exact arithmetic. gguf.cpp multiplies before it looks for an overflow, so that a product which wraps
     * to 0 or below passes there.
     */
    private long byteSize(List<Long> shape, GgmlType type, String what) {
        try {
            long elements = 1;
            for (long size : shape) {
                elements = Math.multiplyExact(elements, size);
            }
            return Math.multiplyExact(elements / type.blockSize(), (long) type.blockBytes());
        } catch (ArithmeticException e) {
            throw input.refusal(what + " has the shape " + shape + ", too large for any file", GgufInput.DAMAGED);
        }
    }

    private long padded(long size, String what) {
        return add(size, alignment - 1L, what) & -(long) alignment;
    }

    private long add(long size, long more, String what) {
        if (size > Long.MAX_VALUE - more) {
            throw input.refusal("with " + what + " its tensors are too large for any file", GgufInput.DAMAGED);
        }
        return size + more;
    }
}
