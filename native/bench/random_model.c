// Writes a model of Qwen3-0.6B's shape with random weights, as F16: what it costs to compute is what the real one costs, and nothing else is wanted.
// Seeded, so that the same file comes out everywhere. Its vocabulary is as large as the real one's, and made up.
#include "ggml.h"
#include "gguf.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    LAYERS     = 28,
    WIDTH      = 1024,
    HEADS      = 16,
    KV_HEADS   = 8,
    HEAD       = 128,
    FF         = 3072,
    VOCABULARY = 151936,
    CONTEXT    = 40960,
    CONTROLS   = 151643,  // the first of them
    EOS        = 151645,
    NAME_SIZE  = 32,
};

static const float DEVIATION = 0.02f;

static uint64_t random_state = 42;

// SplitMix64 (Steele, Lea and Flood 2014).
static uint64_t random_bits(void) {
    uint64_t z = (random_state += 0x9E3779B97F4A7C15);
    z          = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z          = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

// Close to a normal distribution: four uniform numbers of 16 bits, added up.
static float random_weight(void) {
    const uint64_t bits = random_bits();
    const int32_t  sum  = (int32_t) (bits & 0xFFFF) + (int32_t) (bits >> 16 & 0xFFFF) + (int32_t) (bits >> 32 & 0xFFFF) + (int32_t) (bits >> 48);
    return (float) (sum - 2 * 0xFFFF) / 37837.0f * DEVIATION;
}

static void die(const char * what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static void add_hyperparameters(struct gguf_context * gguf) {
    gguf_set_val_str(gguf, "general.architecture", "qwen3");
    gguf_set_val_str(gguf, "general.name", "Random weights in the shape of Qwen3-0.6B");
    gguf_set_val_u32(gguf, "general.file_type", 1);  // mostly F16
    gguf_set_val_u32(gguf, "qwen3.context_length", CONTEXT);
    gguf_set_val_u32(gguf, "qwen3.embedding_length", WIDTH);
    gguf_set_val_u32(gguf, "qwen3.block_count", LAYERS);
    gguf_set_val_u32(gguf, "qwen3.feed_forward_length", FF);
    gguf_set_val_u32(gguf, "qwen3.attention.head_count", HEADS);
    gguf_set_val_u32(gguf, "qwen3.attention.head_count_kv", KV_HEADS);
    gguf_set_val_u32(gguf, "qwen3.attention.key_length", HEAD);
    gguf_set_val_u32(gguf, "qwen3.attention.value_length", HEAD);
    gguf_set_val_f32(gguf, "qwen3.attention.layer_norm_rms_epsilon", 1e-6f);
    gguf_set_val_f32(gguf, "qwen3.rope.freq_base", 1e6f);
}

// The 256 bytes in GPT-2's spelling, where those that do not print are U+0100 and after it; then made-up words; then control tokens, of which
// llama.cpp wants to know some by name.
static void add_vocabulary(struct gguf_context * gguf) {
    static char         text[VOCABULARY][NAME_SIZE];
    static const char * tokens[VOCABULARY];
    static int32_t      types[VOCABULARY];
    static const char * merges[] = { "a b" };

    int unprintable = 0x100;
    for (int i = 0; i < VOCABULARY; i++) {
        const bool prints = (i >= '!' && i <= '~') || (i >= 0xA1 && i <= 0xFF && i != 0xAD);
        if (i < 0x80 && prints) {
            snprintf(text[i], NAME_SIZE, "%c", i);
        } else if (i < 0x100) {
            const int c = prints ? i : unprintable++;
            snprintf(text[i], NAME_SIZE, "%c%c", 0xC0 | c >> 6, 0x80 | (c & 0x3F));
        } else if (i == 0x100) {
            snprintf(text[i], NAME_SIZE, "ab");
        } else {
            snprintf(text[i], NAME_SIZE, i < CONTROLS ? "w%d" : "<|control_%d|>", i);
        }
        tokens[i] = text[i];
        types[i]  = i < CONTROLS ? 1 : 3;  // LLAMA_TOKEN_TYPE_NORMAL, _CONTROL
    }
    tokens[CONTROLS]     = "<|endoftext|>";
    tokens[CONTROLS + 1] = "<|im_start|>";
    tokens[EOS]          = "<|im_end|>";
    gguf_set_val_str(gguf, "tokenizer.ggml.model", "gpt2");
    gguf_set_val_str(gguf, "tokenizer.ggml.pre", "qwen2");
    gguf_set_arr_str(gguf, "tokenizer.ggml.tokens", tokens, VOCABULARY);
    gguf_set_arr_data(gguf, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types, VOCABULARY);
    gguf_set_arr_str(gguf, "tokenizer.ggml.merges", merges, 1);
    gguf_set_val_u32(gguf, "tokenizer.ggml.bos_token_id", CONTROLS);
    gguf_set_val_u32(gguf, "tokenizer.ggml.eos_token_id", EOS);
    gguf_set_val_u32(gguf, "tokenizer.ggml.padding_token_id", CONTROLS);
    gguf_set_val_bool(gguf, "tokenizer.ggml.add_bos_token", false);
}

static void add_tensor(struct ggml_context * ggml, struct gguf_context * gguf, const char * name, int64_t columns, int64_t rows) {
    struct ggml_tensor * tensor =
        rows == 1 ? ggml_new_tensor_1d(ggml, GGML_TYPE_F32, columns) : ggml_new_tensor_2d(ggml, GGML_TYPE_F16, columns, rows);
    ggml_set_name(tensor, name);
    gguf_add_tensor(gguf, tensor);
}

// Qwen3-0.6B has no output tensor: it uses the embeddings.
static void add_tensors(struct ggml_context * ggml, struct gguf_context * gguf) {
    static const struct {
        const char * name;
        int64_t      columns;
        int64_t      rows;
    } LAYER[] = {
        { "attn_norm", WIDTH, 1 },
        { "attn_q", WIDTH, HEADS * HEAD },
        { "attn_k", WIDTH, KV_HEADS * HEAD },
        { "attn_v", WIDTH, KV_HEADS * HEAD },
        { "attn_q_norm", HEAD, 1 },
        { "attn_k_norm", HEAD, 1 },
        { "attn_output", HEADS * HEAD, WIDTH },
        { "ffn_norm", WIDTH, 1 },
        { "ffn_gate", WIDTH, FF },
        { "ffn_up", WIDTH, FF },
        { "ffn_down", FF, WIDTH },
    };
    add_tensor(ggml, gguf, "token_embd.weight", WIDTH, VOCABULARY);
    add_tensor(ggml, gguf, "output_norm.weight", WIDTH, 1);
    for (int layer = 0; layer < LAYERS; layer++) {
        for (size_t i = 0; i < sizeof(LAYER) / sizeof(LAYER[0]); i++) {
            char name[GGML_MAX_NAME];
            snprintf(name, sizeof(name), "blk.%d.%s.weight", layer, LAYER[i].name);
            add_tensor(ggml, gguf, name, LAYER[i].columns, LAYER[i].rows);
        }
    }
}

static void write_weights(FILE * file, const struct ggml_tensor * tensor, size_t alignment) {
    static float       weights[FF];
    static ggml_fp16_t halves[FF];
    const bool         norm    = tensor->type == GGML_TYPE_F32;
    const int64_t      columns = tensor->ne[0];
    const size_t       size    = norm ? sizeof(float) : sizeof(ggml_fp16_t);
    for (int64_t row = 0; row < tensor->ne[1]; row++) {
        for (int64_t i = 0; i < columns; i++) {
            weights[i] = norm ? 1.0f : random_weight();
        }
        if (!norm) {
            ggml_fp32_to_fp16_row(weights, halves, columns);
        }
        if (fwrite(norm ? (const void *) weights : (const void *) halves, size, (size_t) columns, file) != (size_t) columns) {
            die("writing weights");
        }
    }
    for (size_t written = ggml_nbytes(tensor); written % alignment != 0; written++) {
        if (fputc(0, file) == EOF) {
            die("writing padding");
        }
    }
}

int main(int argc, char ** argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: %s FILE.gguf\n", argv[0]);
        return 2;
    }
    const struct ggml_init_params params = { .mem_size = 1 << 20, .no_alloc = true };
    struct ggml_context *         ggml   = ggml_init(params);
    struct gguf_context *         gguf   = gguf_init_empty();
    add_hyperparameters(gguf);
    add_vocabulary(gguf);
    add_tensors(ggml, gguf);

    FILE * file = fopen(argv[1], "wb");
    if (!file || !gguf_write_to_file_ptr(gguf, file, true)) {
        die(argv[1]);
    }
    for (struct ggml_tensor * tensor = ggml_get_first_tensor(ggml); tensor; tensor = ggml_get_next_tensor(ggml, tensor)) {
        write_weights(file, tensor, gguf_get_alignment(gguf));
    }
    if (fclose(file) != 0) {
        die(argv[1]);
    }
    gguf_free(gguf);
    ggml_free(ggml);
    return 0;
}
