package dev.qwen4j.gguf;

import java.nio.file.Path;

/** A T5 of two encoder and two decoder layers with random weights and no vocabulary. */
public final class TinyT5 {
    public static final int VOCABULARY = 64;
    private static final int WIDTH = 64;
    private static final int HEADS = 2;
    private static final int LAYERS = 2;
    private static final int BUCKETS = 32;

    private TinyT5() {}

    /** Writes it to a folder; of the encoder alone, it is a t5encoder. */
    public static Path write(Path folder, boolean decoder) {
        var architecture = decoder ? "t5" : "t5encoder";
        var model =
                new GgufBuilder().text("general.architecture", architecture).text("tokenizer.ggml.model", "no_vocab");
        var prefix = architecture + ".";
        model.u32(prefix + "vocab_size", VOCABULARY)
                .u32(prefix + "context_length", 64)
                .u32(prefix + "embedding_length", WIDTH)
                .u32(prefix + "feed_forward_length", WIDTH)
                .u32(prefix + "block_count", LAYERS)
                .u32(prefix + "attention.head_count", HEADS)
                .u32(prefix + "attention.key_length", WIDTH / HEADS)
                .u32(prefix + "attention.value_length", WIDTH / HEADS)
                .u32(prefix + "attention.relative_buckets_count", BUCKETS)
                .u32(prefix + "decoder_start_token_id", 0);
        RandomWeights.real(model, prefix + "attention.layer_norm_rms_epsilon", 1e-6f);
        weights(model, "token_embd", WIDTH, VOCABULARY);
        weights(model, "enc.output_norm", WIDTH);
        if (decoder) {
            weights(model, "dec.output_norm", WIDTH);
        }
        for (int layer = 0; layer < LAYERS; layer++) {
            layer(model, "enc.blk." + layer + ".");
            if (decoder) {
                layer(model, "dec.blk." + layer + ".");
                attention(model, "dec.blk." + layer + ".cross_attn_");
            }
        }
        return RandomWeights.write(model, folder);
    }

    private static void layer(GgufBuilder model, String prefix) {
        attention(model, prefix + "attn_");
        weights(model, prefix + "attn_rel_b", HEADS, BUCKETS);
        weights(model, prefix + "ffn_norm", WIDTH);
        for (var matrix : new String[] {"ffn_gate", "ffn_down", "ffn_up"}) {
            weights(model, prefix + matrix, WIDTH, WIDTH);
        }
    }

    private static void attention(GgufBuilder model, String prefix) {
        weights(model, prefix + "norm", WIDTH);
        for (var matrix : new String[] {"q", "k", "v", "o"}) {
            weights(model, prefix + matrix, WIDTH, WIDTH);
        }
    }

    private static void weights(GgufBuilder model, String name, long... shape) {
        RandomWeights.tensor(model, name + ".weight", shape);
    }
}
