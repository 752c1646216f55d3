package dev.qwen4j.gguf;

import java.util.Map;
import java.util.Optional;

/**
 * Which part of a model in several files this file is.
 *
 * @param number this part's number, counted from 0; models are loaded by naming part 0, the only one with the metadata
 * @param count how many parts the model has, at least 2
 * @param tensorCount how many tensors all parts have together
 */
public record GgufSplit(int number, int count, int tensorCount) {
    private static final int MOST_PARTS = 0xFFFF;

    /** The same for messages, such as {@code part 1 of 3}, counted from 1 as in the names of the files. */
    @Override
    public String toString() {
        return "part " + (number + 1) + " of " + count;
    }

    /** What the keys that start with {@code split.} say; empty for a model in one file. */
    static Optional<GgufSplit> of(Map<String, GgufValue> metadata, GgufFile file) {
        if (!metadata.containsKey("split.count")) {
            return Optional.empty();
        }
        int count = integer(metadata, "split.count", MOST_PARTS, file);
        // llama.cpp, too, takes 0 and 1 for a model in one file, whatever the other keys say.
        if (count < 2) {
            return Optional.empty();
        }
        int number = integer(metadata, "split.no", count - 1, file);
        return Optional.of(
                new GgufSplit(number, count, integer(metadata, "split.tensors.count", Integer.MAX_VALUE, file)));
    }

    private static int integer(Map<String, GgufValue> metadata, String key, int maximum, GgufFile file) {
        var value = metadata.get(key);
        long number = -1;
        if (value instanceof GgufValue.UInt(var type, var unsigned)) {
            number = unsigned;
        } else if (value instanceof GgufValue.Int(var type, var signed)) {
            number = signed;
        }
        if (number < 0 || number > maximum) {
            throw file.refusal(
                    "it is one of several parts of a model, and its '%s' is %s, not a number from 0 to %d"
                            .formatted(key, value == null ? "missing" : Show.text(value.toString()), maximum),
                    "Download it again, or split the model again with llama-gguf-split.");
        }
        return (int) number;
    }
}
