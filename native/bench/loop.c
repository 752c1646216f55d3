// The loop that Java's is compared with, as one writes it in C on llama.h alone: no guard, no shim, nothing checked that llama.cpp does not check.
#include "llama.h"

#include <stdint.h>

#define BENCH_API __attribute__((visibility("default")))

BENCH_API struct llama_sampler * bench_greedy(void) {
    struct llama_sampler * chain = llama_sampler_chain_init(llama_sampler_chain_default_params());
    llama_sampler_chain_add(chain, llama_sampler_init_greedy());
    return chain;
}

BENCH_API void bench_free(struct llama_sampler * sampler) {
    llama_sampler_free(sampler);
}

// Decodes token behind what the context holds, then n - 1 more, each sampled after the one before it. Writes the n sampled tokens to tokens and their
// text, without a null byte, to text; returns the bytes of text, or -1.
BENCH_API int32_t bench_generate(struct llama_context * context, struct llama_sampler * sampler, llama_token token, int32_t n, llama_token * tokens,
    char * text, int32_t text_size) {
    const struct llama_vocab * vocab = llama_model_get_vocab(llama_get_model(context));
    int32_t                    used  = 0;
    for (int32_t i = 0; i < n; i++) {
        if (llama_decode(context, llama_batch_get_one(&token, 1)) != 0) {
            return -1;
        }
        token                = llama_sampler_sample(sampler, context, -1);
        const int32_t length = llama_token_to_piece(vocab, token, text + used, text_size - used, 0, false);
        if (length < 0) {
            return -1;
        }
        tokens[i] = token;
        used += length;
    }
    return used;
}

// Forgets the tokens at positions from p0 on.
BENCH_API int32_t bench_rewind(struct llama_context * context, int32_t p0) {
    return llama_memory_seq_rm(llama_get_memory(context), 0, p0, -1);
}
