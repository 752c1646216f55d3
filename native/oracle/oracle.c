// What tests compare Qwen4j with: llama.cpp through its public header and nothing else, linked to the same libraries and never to the shim.
//
//   qwen4j-oracle steps    MODEL THREADS N_CTX N id…      the first N ids in one batch, then the others one by one; raw floats of
//                                                         every position
//   qwen4j-oracle tokens   MODEL SPECIAL PARSE            standard input: texts, each a 4-byte little-endian length and its bytes;
//                                                         output: for each a 4-byte count and 4-byte ids, then its text from them,
//                                                         a 4-byte length and bytes, with (remove_special, unparse_special) = 00 01 10 11
//   qwen4j-oracle vocabulary MODEL                        lines of text: type, special tokens, flags, and each token
//   qwen4j-oracle generate MODEL THREADS N_CTX N id…      prefill, then N greedy tokens with end-of-generation banned; for each step
//                                                         the 4-byte token and the raw logits it was chosen from
//   qwen4j-oracle sample   MODEL ROUNDS STAGE…            standard input: logits of the whole vocabulary, raw floats, for each round;
//                                                         stages as top_k:20 or dist:42, in their order; output: for each round the
//                                                         candidates that are left: 4-byte size, selected, sorted, and of each one the
//                                                         4-byte id, logit and probability; what is selected is accepted
//   qwen4j-oracle device   MODEL N_CTX OUTPUTS N id… -- STAGE…
//                                                         as generate, with a chain that is attached to the context, for at most OUTPUTS
//                                                         results of a sequence: for each step the 4-byte token that is sampled
//   qwen4j-oracle embed    MODEL POOLING N id…            the first N ids as sequence 0 and the others as sequence 1, in one batch; raw floats
//                                                         of each token's embedding (POOLING 0), of each sequence's, or its scores (4)
//   qwen4j-oracle translate MODEL N id…                   the first N ids are encoded, the others decoded in one batch; raw floats of the
//                                                         logits of every position decoded
#include "llama.h"

#include <math.h>
#include <pthread.h>
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

// One batch; the logits of all of it.
static void evaluate(struct llama_context * ctx, llama_token * tokens, int n, int n_vocab) {
    struct llama_batch batch   = llama_batch_get_one(tokens, n);
    int8_t *           outputs = malloc((size_t) n);
    memset(outputs, 1, (size_t) n);
    batch.logits = outputs;
    if (llama_decode(ctx, batch)) {
        die("decode failed");
    }
    for (int i = 0; i < n; i++) {
        put(llama_get_logits_ith(ctx, i), sizeof(float), (size_t) n_vocab);
    }
    free(outputs);
}

static int steps(int argc, char ** argv) {
    struct llama_model *   model   = load(argv[2], false);
    struct llama_context * ctx     = context(model, atoi(argv[3]), atoi(argv[4]));
    const int              n       = argc - 6;
    const int              n_vocab = llama_vocab_n_tokens(llama_model_get_vocab(model));
    llama_token *          tokens  = ids(argv + 6, n);
    const int              n_batch = atoi(argv[5]) < n ? atoi(argv[5]) : n;
    evaluate(ctx, tokens, n_batch, n_vocab);
    for (int i = n_batch; i < n; i++) {
        evaluate(ctx, tokens + i, 1, n_vocab);
    }
    free(tokens);
    llama_free(ctx);
    llama_model_free(model);
    return 0;
}

static void detokenized(const struct llama_vocab * vocab, const llama_token * tokens, int n, bool remove_special, bool unparse_special) {
    int32_t room = 64;
    char *  text = malloc((size_t) room);
    int32_t length;
    while ((length = llama_detokenize(vocab, tokens, n, text, room, remove_special, unparse_special)) < 0) {
        room = -length;
        text = realloc(text, (size_t) room);
    }
    put(&length, sizeof length, 1);
    put(text, 1, (size_t) length);
    free(text);
}

static void * tokens(void * args) {
    char **                    argv  = args;
    struct llama_model *       model = load(argv[2], true);
    const struct llama_vocab * vocab = llama_model_get_vocab(model);
    int32_t                    length;
    while (fread(&length, sizeof length, 1, stdin) == 1) {
        char * text = malloc((size_t) length + 1);
        if (fread(text, 1, (size_t) length, stdin) != (size_t) length) {
            die("input ended inside a text");
        }
        const int32_t room   = length + 64;
        llama_token * result = malloc(sizeof(llama_token) * (size_t) room);
        int32_t       n      = llama_tokenize(vocab, text, length, result, room, atoi(argv[3]), atoi(argv[4]));
        if (n < 0) {
            die("tokenize needs more room");
        }
        put(&n, sizeof n, 1);
        put(result, sizeof(llama_token), (size_t) n);
        for (int how = 0; how < 4; how++) {
            detokenized(vocab, result, n, how & 2, how & 1);
        }
        free(result);
        free(text);
    }
    llama_model_free(model);
    return NULL;
}

// Most pre-tokenizers recurse once a character.
static int with_deep_stack(void * (*body)(void *), char ** argv) {
    pthread_attr_t attributes;
    pthread_t      thread;
    pthread_attr_init(&attributes);
    if (pthread_attr_setstacksize(&attributes, (size_t) 4 << 30) || pthread_create(&thread, &attributes, body, argv)
        || pthread_join(thread, NULL)) {
        die("no thread with a deep stack");
    }
    return 0;
}

static int vocabulary(char ** argv) {
    struct llama_model *       model = load(argv[2], true);
    const struct llama_vocab * v     = llama_model_get_vocab(model);
    printf("type %d\n", llama_vocab_type(v));
    printf("special %d %d %d %d %d %d %d\n", llama_vocab_bos(v), llama_vocab_eos(v), llama_vocab_eot(v), llama_vocab_sep(v), llama_vocab_nl(v),
        llama_vocab_pad(v), llama_vocab_mask(v));
    printf("fim %d %d %d %d %d %d\n", llama_vocab_fim_pre(v), llama_vocab_fim_suf(v), llama_vocab_fim_mid(v), llama_vocab_fim_pad(v),
        llama_vocab_fim_rep(v), llama_vocab_fim_sep(v));
    printf("adds %d %d %d\n", llama_vocab_get_add_bos(v), llama_vocab_get_add_eos(v), llama_vocab_get_add_sep(v));
    int32_t             count;
    const llama_token * suppressed = llama_vocab_get_suppress_tokens(v, &count);
    printf("suppressed");
    for (int i = 0; i < count; i++) {
        printf(" %d", suppressed[i]);
    }
    printf("\n");
    for (llama_token id = 0; id < llama_vocab_n_tokens(v); id++) {
        const float score = llama_vocab_get_score(v, id);
        uint32_t    bits;
        memcpy(&bits, &score, sizeof bits);
        printf("%d %u %d %d ", llama_vocab_get_attr(v, id), bits, llama_vocab_is_control(v, id), llama_vocab_is_eog(v, id));
        for (const char * c = llama_vocab_get_text(v, id); *c; c++) {
            printf("%02x", (unsigned char) *c);
        }
        printf("\n");
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

// Reads numbers and texts from "name:1:0.5:text", from left to right.
struct reader {
    char * at;
};

static const char * word(struct reader * r) {
    char * from = r->at;
    char * end  = from ? strchr(from, ':') : NULL;
    if (end) {
        *end = 0;
    }
    r->at = end ? end + 1 : NULL;
    return from ? from : "";
}

static float number(struct reader * r) {
    return strtof(word(r), NULL);
}

static int32_t integer(struct reader * r) {
    return (int32_t) strtol(word(r), NULL, 10);
}

static uint32_t seed(struct reader * r) {
    return (uint32_t) strtoul(word(r), NULL, 10);
}

// Grammars and breakers are texts with colons in them: they are read from a file each.
static char * file(const char * path) {
    FILE * stream = fopen(path, "rb");
    if (!stream) {
        die("a file of a stage is missing");
    }
    char * text = calloc(1, 1 << 20);
    if (fread(text, 1, (1 << 20) - 1, stream) == 0) {
        die("a file of a stage is empty");
    }
    fclose(stream);
    return text;
}

// The order of evaluation of arguments is not defined in C, so each is read by a statement of its own.
static struct llama_sampler * stage(const struct llama_vocab * vocab, char * text) {
    struct reader r       = { text };
    const int32_t n_vocab = llama_vocab_n_tokens(vocab);
    const char *  name    = word(&r);
    if (!strcmp(name, "greedy")) {
        return llama_sampler_init_greedy();
    }
    if (!strcmp(name, "dist")) {
        return llama_sampler_init_dist(seed(&r));
    }
    if (!strcmp(name, "top_k")) {
        return llama_sampler_init_top_k(integer(&r));
    }
    if (!strcmp(name, "temp")) {
        return llama_sampler_init_temp(number(&r));
    }
    if (!strcmp(name, "top_n_sigma")) {
        return llama_sampler_init_top_n_sigma(number(&r));
    }
    if (!strcmp(name, "infill")) {
        return llama_sampler_init_infill(vocab);
    }
    if (!strcmp(name, "grammar")) {
        return llama_sampler_init_grammar(vocab, file(word(&r)), "root");
    }
    if (!strcmp(name, "grammar_lazy")) {
        const char * grammar = file(word(&r));
        const char * pattern = file(word(&r));
        return llama_sampler_init_grammar_lazy_patterns(vocab, grammar, "root", &pattern, 1, NULL, 0);
    }
    if (!strcmp(name, "logit_bias")) {
        struct llama_logit_bias biases[16];
        int32_t                 n = 0;
        while (r.at && n < 16) {
            biases[n].token  = integer(&r);
            biases[n++].bias = number(&r);
        }
        return llama_sampler_init_logit_bias(n_vocab, n, biases);
    }
    if (!strcmp(name, "dry")) {
        const float   multiplier = number(&r);
        const float   base       = number(&r);
        const int32_t allowed    = integer(&r);
        const int32_t last_n     = integer(&r);
        const char *  breaker    = file(word(&r));
        return llama_sampler_init_dry(vocab, multiplier, base, allowed, last_n, &breaker, 1);
    }
    if (!strcmp(name, "penalties")) {
        const int32_t last_n = integer(&r);
        const float   repeat = number(&r);
        const float   freq   = number(&r);
        return llama_sampler_init_penalties(n_vocab, last_n, repeat, freq, number(&r));
    }
    if (!strcmp(name, "temp_ext")) {
        const float t     = number(&r);
        const float delta = number(&r);
        return llama_sampler_init_temp_ext(t, delta, number(&r));
    }
    const float a = number(&r);
    if (!strcmp(name, "top_p")) {
        return llama_sampler_init_top_p(a, (size_t) integer(&r));
    }
    if (!strcmp(name, "min_p")) {
        return llama_sampler_init_min_p(a, (size_t) integer(&r));
    }
    if (!strcmp(name, "typical")) {
        return llama_sampler_init_typical(a, (size_t) integer(&r));
    }
    const float b = number(&r);
    if (!strcmp(name, "adaptive_p")) {
        return llama_sampler_init_adaptive_p(a, b, seed(&r));
    }
    if (!strcmp(name, "mirostat_v2")) {
        return llama_sampler_init_mirostat_v2(seed(&r), a, b);
    }
    const int32_t n = integer(&r);
    if (!strcmp(name, "xtc")) {
        return llama_sampler_init_xtc(a, b, (size_t) n, seed(&r));
    }
    if (!strcmp(name, "mirostat")) {
        return llama_sampler_init_mirostat(n_vocab, seed(&r), a, b, n);
    }
    return NULL;
}

static int sample(int argc, char ** argv) {
    struct llama_model *       model   = load(argv[2], true);
    const struct llama_vocab * vocab   = llama_model_get_vocab(model);
    const int32_t              n_vocab = llama_vocab_n_tokens(vocab);
    struct llama_sampler *     chain   = llama_sampler_chain_init(llama_sampler_chain_default_params());
    for (int i = 4; i < argc; i++) {
        struct llama_sampler * member = stage(vocab, argv[i]);
        if (!member) {
            die("a stage is not known, or was not made");
        }
        llama_sampler_chain_add(chain, member);
    }
    float *            row  = malloc(sizeof(float) * (size_t) n_vocab);
    llama_token_data * data = malloc(sizeof(llama_token_data) * (size_t) n_vocab);
    for (int round = 0; round < atoi(argv[3]); round++) {
        if (fread(row, sizeof(float), (size_t) n_vocab, stdin) != (size_t) n_vocab) {
            die("input ended inside a row of logits");
        }
        for (llama_token id = 0; id < n_vocab; id++) {
            data[id] = (llama_token_data) { id, row[id], 0.0f };
        }
        llama_token_data_array left = { data, (size_t) n_vocab, -1, false };
        llama_sampler_apply(chain, &left);
        const int32_t head[3] = { (int32_t) left.size, (int32_t) left.selected, left.sorted };
        put(head, sizeof head, 1);
        put(left.data, sizeof(llama_token_data), left.size);
        if (left.selected >= 0) {
            llama_sampler_accept(chain, left.data[left.selected].id);
        }
    }
    free(data);
    free(row);
    llama_sampler_free(chain);
    llama_model_free(model);
    return 0;
}

static int device(int argc, char ** argv) {
    int end = 6;
    while (end < argc && strcmp(argv[end], "--") != 0) {
        end++;
    }
    struct llama_model *        model  = load(argv[2], false);
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx                       = (uint32_t) atoi(argv[3]);
    params.n_outputs_max_per_seq       = (uint32_t) atoi(argv[4]);
    params.n_threads                   = 1;
    params.n_threads_batch             = 1;
    struct llama_context * ctx         = llama_init_from_model(model, params);
    struct llama_sampler * chain       = llama_sampler_chain_init(llama_sampler_chain_default_params());
    for (int i = end + 1; i < argc; i++) {
        llama_sampler_chain_add(chain, stage(llama_model_get_vocab(model), argv[i]));
    }
    if (!ctx || !llama_set_sampler(ctx, 0, chain)) {
        die("no context, or no sampler on it");
    }
    llama_token *      prompt = ids(argv + 6, end - 6);
    struct llama_batch batch  = llama_batch_get_one(prompt, end - 6);
    llama_token        next;
    for (int step = 0; step < atoi(argv[5]); step++) {
        if (llama_decode(ctx, batch)) {
            die("decode failed");
        }
        next = llama_sampler_sample(chain, ctx, -1);
        put(&next, sizeof next, 1);
        batch = llama_batch_get_one(&next, 1);
    }
    free(prompt);
    llama_free(ctx);
    llama_sampler_free(chain);
    llama_model_free(model);
    return 0;
}

static int embed(int argc, char ** argv) {
    struct llama_model *        model   = load(argv[2], false);
    const int                   pooling = atoi(argv[3]);
    const int                   n       = argc - 5;
    struct llama_context_params params  = llama_context_default_params();
    params.n_ctx                        = 64;
    params.n_ubatch                     = 64;
    params.n_seq_max                    = 2;
    params.embeddings                   = true;
    params.pooling_type                 = (enum llama_pooling_type) pooling;
    params.n_threads                    = 1;
    params.n_threads_batch              = 1;
    struct llama_context * ctx          = llama_init_from_model(model, params);
    if (!ctx) {
        die("no context");
    }
    llama_token *      tokens = ids(argv + 5, n);
    struct llama_batch batch  = llama_batch_init(n, 0, 1);
    batch.n_tokens            = n;
    for (int i = 0; i < n; i++) {
        const int second   = i >= atoi(argv[4]);
        batch.token[i]     = tokens[i];
        batch.pos[i]       = second ? i - atoi(argv[4]) : i;
        batch.n_seq_id[i]  = 1;
        batch.seq_id[i][0] = second;
        batch.logits[i]    = 1;
    }
    if (llama_encode(ctx, batch)) {
        die("encode failed");
    }
    const size_t width = (size_t) (pooling == LLAMA_POOLING_TYPE_RANK ? (int) llama_model_n_cls_out(model) : llama_model_n_embd_out(model));
    for (int i = 0; i < (pooling == LLAMA_POOLING_TYPE_NONE ? n : 2); i++) {
        put(pooling == LLAMA_POOLING_TYPE_NONE ? llama_get_embeddings_ith(ctx, i) : llama_get_embeddings_seq(ctx, i), sizeof(float), width);
    }
    llama_batch_free(batch);
    free(tokens);
    llama_free(ctx);
    llama_model_free(model);
    return 0;
}

static int translate(int argc, char ** argv) {
    struct llama_model *   model  = load(argv[2], false);
    struct llama_context * ctx    = context(model, 1, 64);
    const int              n      = atoi(argv[3]);
    llama_token *          tokens = ids(argv + 4, argc - 4);
    if (llama_encode(ctx, llama_batch_get_one(tokens, n))) {
        die("encode failed");
    }
    evaluate(ctx, tokens + n, argc - 4 - n, llama_vocab_n_tokens(llama_model_get_vocab(model)));
    free(tokens);
    llama_free(ctx);
    llama_model_free(model);
    return 0;
}

int main(int argc, char ** argv) {
    llama_log_set(quiet, NULL);
    if (argc > 6 && !strcmp(argv[1], "steps")) {
        return steps(argc, argv);
    }
    if (argc == 5 && !strcmp(argv[1], "tokens")) {
        return with_deep_stack(tokens, argv);
    }
    if (argc == 3 && !strcmp(argv[1], "vocabulary")) {
        return vocabulary(argv);
    }
    if (argc > 6 && !strcmp(argv[1], "generate")) {
        return generate(argc, argv);
    }
    if (argc > 4 && !strcmp(argv[1], "sample")) {
        return sample(argc, argv);
    }
    if (argc > 7 && !strcmp(argv[1], "device")) {
        return device(argc, argv);
    }
    if (argc > 5 && !strcmp(argv[1], "embed")) {
        return embed(argc, argv);
    }
    if (argc > 5 && !strcmp(argv[1], "translate")) {
        return translate(argc, argv);
    }
    die("usage: steps MODEL THREADS N_CTX N id… | tokens MODEL SPECIAL PARSE | vocabulary MODEL | generate MODEL THREADS N_CTX N id… | sample MODEL ROUNDS STAGE… | device MODEL N_CTX OUTPUTS N id… -- STAGE… "
        "| embed MODEL POOLING N id… | translate MODEL N id…");
}
