// What tests compare Qwen4j with: llama.cpp through its public header and nothing else, linked to the same libraries and never to the shim.
//
//   qwen4j-oracle logits   MODEL THREADS N_CTX id…        one batch; raw floats of every position
//   qwen4j-oracle tokens   MODEL SPECIAL PARSE            standard input: texts, each a 4-byte little-endian length and its bytes;
//                                                         output: for each a 4-byte count and 4-byte ids
//   qwen4j-oracle generate MODEL THREADS N_CTX N id…      prefill, then N greedy tokens with end-of-generation banned; for each step
//                                                         the 4-byte token and the raw logits it was chosen from
#include "llama.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void quiet(enum ggml_log_level level, const char * text, void * data) {
    (void) data;
    if (level == GGML_LOG_LEVEL_ERROR) {
        fputs(text, stderr);
    }
}

static void die(const char * what) {
    fprintf(stderr, "qwen4j-oracle: %s\n", what);
    exit(1);
}

static void put(const void * data, size_t size, size_t count) {
    if (fwrite(data, size, count, stdout) != count) {
        die("output was not taken");
    }
}

static struct llama_model * load(const char * path, bool vocab_only) {
    struct llama_model_params params = llama_model_default_params();
    params.vocab_only                = vocab_only;
    struct llama_model * model       = llama_model_load_from_file(path, params);
    if (!model) {
        die("the model was not loaded");
    }
    return model;
}

static struct llama_context * context(struct llama_model * model, int threads, int n_ctx) {
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx                       = (uint32_t) n_ctx;
    params.n_threads                   = threads;
    params.n_threads_batch             = threads;
    struct llama_context * ctx         = llama_init_from_model(model, params);
    if (!ctx) {
        die("no context");
    }
    return ctx;
}

static llama_token * ids(char ** args, int n) {
    llama_token * tokens = malloc(sizeof(llama_token) * (size_t) (n > 0 ? n : 1));
    for (int i = 0; i < n; i++) {
        tokens[i] = (llama_token) strtol(args[i], NULL, 10);
    }
    return tokens;
}

static int logits(int argc, char ** argv) {
    struct llama_model *   model   = load(argv[2], false);
    struct llama_context * ctx     = context(model, atoi(argv[3]), atoi(argv[4]));
    const int              n       = argc - 5;
    const int              n_vocab = llama_vocab_n_tokens(llama_model_get_vocab(model));
    llama_token *          tokens  = ids(argv + 5, n);
    struct llama_batch     batch   = llama_batch_get_one(tokens, n);
    int8_t *               outputs = malloc((size_t) n);
    memset(outputs, 1, (size_t) n);
    batch.logits = outputs;
    if (llama_decode(ctx, batch)) {
        die("decode failed");
    }
    for (int i = 0; i < n; i++) {
        put(llama_get_logits_ith(ctx, i), sizeof(float), (size_t) n_vocab);
    }
    free(outputs);
    free(tokens);
    llama_free(ctx);
    llama_model_free(model);
    return 0;
}

static int tokens(char ** argv) {
    struct llama_model *       model = load(argv[2], true);
    const struct llama_vocab * vocab = llama_model_get_vocab(model);
    int32_t                    length;
    while (fread(&length, sizeof length, 1, stdin) == 1) {
        char * text = malloc((size_t) length + 1);
        if (fread(text, 1, (size_t) length, stdin) != (size_t) length) {
            die("input ended inside a text");
        }
        const int32_t room   = length + 8;
        llama_token * result = malloc(sizeof(llama_token) * (size_t) room);
        int32_t       n      = llama_tokenize(vocab, text, length, result, room, atoi(argv[3]), atoi(argv[4]));
        if (n < 0) {
            die("tokenize needs more room");
        }
        put(&n, sizeof n, 1);
        put(result, sizeof(llama_token), (size_t) n);
        free(result);
        free(text);
    }
    llama_model_free(model);
    return 0;
}

static int generate(int argc, char ** argv) {
    struct llama_model *       model   = load(argv[2], false);
    const struct llama_vocab * vocab   = llama_model_get_vocab(model);
    struct llama_context *     ctx     = context(model, atoi(argv[3]), atoi(argv[4]));
    const int                  steps   = atoi(argv[5]);
    const int                  n       = argc - 6;
    const int                  n_vocab = llama_vocab_n_tokens(vocab);
    llama_token *              prompt  = ids(argv + 6, n);
    struct llama_batch         batch   = llama_batch_get_one(prompt, n);
    llama_token                next;
    for (int step = 0; step < steps; step++) {
        if (llama_decode(ctx, batch)) {
            die("decode failed");
        }
        const float * row  = llama_get_logits_ith(ctx, -1);
        float         best = -INFINITY;
        next               = -1;
        for (llama_token id = 0; id < n_vocab; id++) {
            if (row[id] > best && !llama_vocab_is_eog(vocab, id)) {
                best = row[id];
                next = id;
            }
        }
        put(&next, sizeof next, 1);
        put(row, sizeof(float), (size_t) n_vocab);
        batch = llama_batch_get_one(&next, 1);
    }
    free(prompt);
    llama_free(ctx);
    llama_model_free(model);
    return 0;
}

int main(int argc, char ** argv) {
    llama_log_set(quiet, NULL);
    if (argc > 5 && !strcmp(argv[1], "logits")) {
        return logits(argc, argv);
    }
    if (argc == 5 && !strcmp(argv[1], "tokens")) {
        return tokens(argv);
    }
    if (argc > 6 && !strcmp(argv[1], "generate")) {
        return generate(argc, argv);
    }
    die("usage: logits MODEL THREADS N_CTX id… | tokens MODEL SPECIAL PARSE | generate MODEL THREADS N_CTX N id…");
}
