package dev.qwen4j.gguf;

import java.nio.file.Path;

/** A BERT of two layers with random weights and no vocabulary, which can classify a text by two labels. */
public final class TinyBert {
    public static final int WIDTH = 64;
    public static final int VOCABULARY = 64;
    public static final int POSITIONS = 64;
    public static final int LABELS = 2;
    private static final int LAYERS = 2;
    private static final int TEXT = 8;

    private TinyBert() {}

    /** Writes it to a folder. */
    public static Path write(Path folder, boolean classifier) {
        var model = new GgufBuilder()
                .text("general.architecture", "bert")
                .text("tokenizer.ggml.model", "no_vocab")
                .u32("tokenizer.ggml.token_type_count", 2)
                .u32("bert.vocab_size", VOCABULARY)
                .u32("bert.context_length", POSITIONS)
                .u32("bert.embedding_length", WIDTH)
                .u32("bert.feed_forward_length", WIDTH)
                .u32("bert.block_count", LAYERS)
                .u32("bert.attention.head_count", 2)
                .entry("bert.attention.causal", 7, out -> out.i8(0));
        RandomWeights.real(model, "bert.attention.layer_norm_epsilon", 1e-6f);
        weights(model, "token_embd", WIDTH, VOCABULARY);
        weights(model, "token_types", WIDTH, 2);
        weights(model, "position_embd", WIDTH, POSITIONS);
        affine(model, "token_embd_norm", WIDTH);
        for (int layer = 0; layer < LAYERS; layer++) {
            var prefix = "blk." + layer + ".";
            for (var matrix : new String[] {"attn_q", "attn_k", "attn_v", "attn_output", "ffn_up", "ffn_down"}) {
                affine(model, prefix + matrix, WIDTH, WIDTH);
            }
            affine(model, prefix + "attn_output_norm", WIDTH);
            affine(model, prefix + "layer_output_norm", WIDTH);
        }
        if (classifier) {
            model.array(
                    "bert.classifier.output_labels",
                    TEXT,
                    LABELS,
                    out -> out.text("worse").text("better"));
            affine(model, "cls", WIDTH, WIDTH);
            affine(model, "cls.output", WIDTH, LABELS);
        }
        return RandomWeights.write(model, folder);
    }

    private static void affine(GgufBuilder model, String name, long... shape) {
        weights(model, name, shape);
        RandomWeights.tensor(model, name + ".bias", shape[shape.length - 1]);
    }

    private static void weights(GgufBuilder model, String name, long... shape) {
        RandomWeights.tensor(model, name + ".weight", shape);
    }
}
