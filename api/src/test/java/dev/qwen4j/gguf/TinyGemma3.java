package dev.qwen4j.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A Gemma 3 of six layers, five of which see the last {@value #WINDOW} tokens only, with random weights and no vocabulary. */
public final class TinyGemma3 {
    public static final int VOCABULARY = 64;
    public static final int WINDOW = 16;
    private static final int LAYERS = 6;
    private static final int WIDTH = 64;
    private static final int HEADS = 2;
    private static final int HEAD = 32;
    private static final int REAL = 6;

    private TinyGemma3() {}

    /** Writes it to a folder. */
    public static Path write(Path folder) throws IOException {
        var builder = new GgufBuilder().text("general.architecture", "gemma3").text("tokenizer.ggml.model", "no_vocab");
        number(builder, "vocab_size", VOCABULARY);
        number(builder, "context_length", 1024);
        number(builder, "embedding_length", WIDTH);
        number(builder, "feed_forward_length", WIDTH);
        number(builder, "block_count", LAYERS);
        number(builder, "attention.head_count", HEADS);
        number(builder, "attention.head_count_kv", HEADS);
        number(builder, "attention.key_length", HEAD);
        number(builder, "attention.value_length", HEAD);
        number(builder, "attention.sliding_window", WINDOW);
        builder.entry("gemma3.attention.layer_norm_rms_epsilon", REAL, out -> out.i32(Float.floatToRawIntBits(1e-6f)));
        tensor(builder, "token_embd", WIDTH, VOCABULARY);
        tensor(builder, "output_norm", WIDTH);
        for (int layer = 0; layer < LAYERS; layer++) {
            var prefix = "blk." + layer + ".";
            for (var norm : new String[] {"attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"}) {
                tensor(builder, prefix + norm, WIDTH);
            }
            for (var norm : new String[] {"attn_q_norm", "attn_k_norm"}) {
                tensor(builder, prefix + norm, HEAD);
            }
            for (var matrix :
                    new String[] {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"}) {
                tensor(builder, prefix + matrix, WIDTH, WIDTH);
            }
        }
        return fill(builder.write(folder));
    }

    private static Path fill(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        var numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        var random = new Random(7);
        for (int at = (int) Gguf.read(file).dataOffset(); at < bytes.length; at += Float.BYTES) {
            numbers.putFloat(at, (float) random.nextGaussian() / 4);
        }
        return Files.write(file, bytes);
    }

    private static void number(GgufBuilder builder, String key, int value) {
        builder.u32("gemma3." + key, value);
    }

    private static void tensor(GgufBuilder builder, String name, long... shape) {
        long bytes = Float.BYTES;
        for (long size : shape) {
            bytes *= size;
        }
        builder.tensor(name + ".weight", GgufBuilder.F32, bytes, shape);
    }
}
