package dev.qwen4j.gguf;

import java.nio.file.Path;

/** A Gemma 3 of six layers, five of which see the last {@value #WINDOW} tokens only, with random weights and no vocabulary. */
public final class TinyGemma3 {
    public static final int VOCABULARY = 64;
    public static final int WINDOW = 16;
    private static final int LAYERS = 6;
    private static final int WIDTH = 64;
    private static final int HEADS = 2;
    private static final int HEAD = 32;

    private TinyGemma3() {}

    /** Writes it to a folder. */
    public static Path write(Path folder) {
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
        RandomWeights.real(builder, "gemma3.attention.layer_norm_rms_epsilon", 1e-6f);
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
        return RandomWeights.write(builder, folder);
    }

    private static void number(GgufBuilder builder, String key, int value) {
        builder.u32("gemma3." + key, value);
    }

    private static void tensor(GgufBuilder builder, String name, long... shape) {
        RandomWeights.tensor(builder, name + ".weight", shape);
    }
}
