package dev.qwen4j.guard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A GPT-2 of one layer and no knowledge: its positions are learned, so they end; its heads have 16 numbers, which no quantised block divides; and it has
 * no vocabulary.
 */
public final class TinyGpt2 {
    private static final int VOCABULARY = 64;
    private static final int HEAD = 16;
    private static final int ALIGNMENT = 32;
    private static final int U32 = 4;
    private static final int F32 = 6;
    private static final int TEXT = 8;

    private final ByteArrayOutputStream header = new ByteArrayOutputStream();
    private int entries;
    private int tensors;
    private long dataBytes;

    private final int heads;
    private final int width;

    private TinyGpt2(int heads) {
        this.heads = heads;
        this.width = heads * HEAD;
    }

    /** Writes one that has so many positions and heads. */
    public static Path write(Path file, int positions, int heads) throws IOException {
        var model = new TinyGpt2(heads);
        Files.write(file, model.header(positions));
        // The numbers are all zero: a file with a hole.
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), channel.size() + model.dataBytes - 1);
        }
        return file;
    }

    private byte[] header(int positions) {
        entries(positions);
        var metadata = header.toByteArray();
        header.reset();
        tensors(positions);
        var table = header.toByteArray();
        int before = 24 + metadata.length + table.length;
        return ByteBuffer.allocate(Math.ceilDiv(before, ALIGNMENT) * ALIGNMENT)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(tensors)
                .putLong(entries)
                .put(metadata)
                .put(table)
                .array();
    }

    private void entries(int positions) {
        text("general.architecture", "gpt2");
        text("tokenizer.ggml.model", "no_vocab");
        number("gpt2.vocab_size", VOCABULARY);
        number("gpt2.context_length", positions);
        number("gpt2.embedding_length", width);
        number("gpt2.feed_forward_length", width);
        number("gpt2.block_count", 1);
        number("gpt2.attention.head_count", heads);
        key("gpt2.attention.layer_norm_epsilon", F32);
        header.writeBytes(little(4).putFloat(1e-5f).array());
    }

    private void tensors(int positions) {
        tensor("token_embd.weight", width, VOCABULARY);
        tensor("position_embd.weight", width, positions);
        pair("output_norm", width);
        pair("blk.0.attn_norm", width);
        pair("blk.0.attn_qkv", width, 3 * width);
        pair("blk.0.attn_output", width, width);
        pair("blk.0.ffn_norm", width);
        pair("blk.0.ffn_up", width, width);
        pair("blk.0.ffn_down", width, width);
    }

    private void pair(String name, int... shape) {
        tensor(name + ".weight", shape);
        tensor(name + ".bias", shape[shape.length - 1]);
    }

    /** Of zeros, which is type 0, F32. */
    private void tensor(String name, int... shape) {
        string(name);
        header.writeBytes(little(4).putInt(shape.length).array());
        long bytes = Float.BYTES;
        for (int size : shape) {
            header.writeBytes(little(8).putLong(size).array());
            bytes *= size;
        }
        header.writeBytes(little(12).putInt(0).putLong(dataBytes).array());
        dataBytes += bytes;
        tensors++;
    }

    private void text(String key, String value) {
        key(key, TEXT);
        string(value);
    }

    private void number(String key, int value) {
        key(key, U32);
        header.writeBytes(little(4).putInt(value).array());
    }

    private void key(String key, int type) {
        string(key);
        header.writeBytes(little(4).putInt(type).array());
        entries++;
    }

    private void string(String value) {
        header.writeBytes(little(8).putLong(value.length()).array());
        header.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
