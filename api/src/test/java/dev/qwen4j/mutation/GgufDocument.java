package dev.qwen4j.mutation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A GGUF file taken apart, so that any part of it can be changed, and put together again. For one thread. */
final class GgufDocument {
    static final int ALIGNMENT = 32;

    /** A metadata entry, its value as the bytes of the file. */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
    record Entry(byte[] key, int type, byte[] value) {
        static Entry of(String key, int type, byte[] value) {
            return new Entry(key.getBytes(StandardCharsets.UTF_8), type, value);
        }

        String name() {
            return new String(key, StandardCharsets.UTF_8);
        }

        Entry with(int otherType, byte[] otherValue) {
            return new Entry(key, otherType, otherValue);
        }
    }

    /**
     * A tensor.
     *
     * @param data its numbers, without padding
     * @param shift how far the offset that is written lies from where the numbers are
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
    record Tensor(byte[] key, long[] shape, int type, byte[] data, long shift) {
        String name() {
            return new String(key, StandardCharsets.UTF_8);
        }

        Tensor withName(String name) {
            return new Tensor(name.getBytes(StandardCharsets.UTF_8), shape, type, data, shift);
        }

        Tensor withShape(long... other) {
            return new Tensor(key, other, type, data, shift);
        }

        Tensor withType(int other) {
            return new Tensor(key, shape, other, data, shift);
        }

        Tensor withData(byte[] other) {
            return new Tensor(key, shape, type, other, shift);
        }

        Tensor withShift(long other) {
            return new Tensor(key, shape, type, data, other);
        }
    }

    final List<Entry> entries;
    final List<Tensor> tensors;

    GgufDocument(List<Entry> entries, List<Tensor> tensors) {
        this.entries = new ArrayList<>(entries);
        this.tensors = new ArrayList<>(tensors);
    }

    /** Another one with the same parts. */
    GgufDocument copy() {
        return new GgufDocument(entries, tensors);
    }

    /** Takes a file apart, which must be a good one. */
    static GgufDocument parse(byte[] file) {
        return new GgufReader(file).read();
    }

    String architecture() {
        return new GgufReader(entry("general.architecture").orElseThrow().value()).text();
    }

    Optional<Entry> entry(String key) {
        return entries.stream().filter(entry -> entry.name().equals(key)).findFirst();
    }

    /** Puts an entry in place of the one of its key, or at the end. */
    void put(Entry entry) {
        int at = IntStream.range(0, entries.size())
                .filter(i -> Arrays.equals(entries.get(i).key(), entry.key()))
                .findFirst()
                .orElse(-1);
        if (at < 0) {
            entries.add(entry);
        } else {
            entries.set(at, entry);
        }
    }

    /** The file's header, metadata and table of tensors, up to where the data starts. */
    Head head() {
        var out = new GgufBytes();
        out.raw("GGUF".getBytes(StandardCharsets.US_ASCII))
                .i32(3)
                .i64(tensors.size())
                .i64(entries.size());
        for (var entry : entries) {
            out.text(entry.key()).i32(entry.type()).raw(entry.value());
        }
        int metadata = out.size();
        long offset = 0;
        for (var tensor : tensors) {
            out.text(tensor.key()).i32(tensor.shape().length);
            for (long size : tensor.shape()) {
                out.i64(size);
            }
            out.i32(tensor.type()).i64(offset + tensor.shift());
            offset += Math.ceilDiv(tensor.data().length, ALIGNMENT) * (long) ALIGNMENT;
        }
        out.pad(ALIGNMENT);
        return new Head(out.toByteArray(), metadata);
    }

    /**
     * What stands before the data.
     *
     * @param metadata where the metadata end
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody compares two.
    record Head(byte[] bytes, int metadata) {
        static final int COUNTS_END = 24;
    }
}
