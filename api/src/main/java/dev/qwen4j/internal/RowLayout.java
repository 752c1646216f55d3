package dev.qwen4j.internal;

import java.util.List;
import java.util.stream.Stream;

/**
 * How llama.cpp's states lay out the keys and values of tokens that follow each other: the keys of all layers, then the values of all layers. Where values lie
 * transposed, each number of theirs has a lane for itself.
 */
record RowLayout(boolean transposed, List<Lanes> keys, List<Lanes> values) {
    /**
     * What a layer has of keys or of values.
     *
     * @param type the {@code ggml_type}
     * @param unit the bytes that a token takes in a lane; what lies in a lane lies in the order of tokens
     * @param count how many lanes there are, one behind another
     */
    record Lanes(int type, long unit, int count) {
        long bytes(int tokens) {
            return unit * count * tokens;
        }
    }

    RowLayout {
        keys = List.copyOf(keys);
        values = List.copyOf(values);
    }

    List<Lanes> all() {
        return Stream.concat(keys.stream(), values.stream()).toList();
    }

    long bytes(int tokens) {
        return all().stream().mapToLong(lanes -> lanes.bytes(tokens)).sum();
    }
}
