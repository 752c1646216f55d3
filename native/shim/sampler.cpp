#include "context.h"
#include "guard.h"

#include <cmath>
#include <memory>

using namespace qwen4j;

namespace {

struct Free {
    void operator()(llama_sampler * sampler) const { llama_sampler_free(sampler); }
};
using Sampler = std::unique_ptr<llama_sampler, Free>;

llama_sampler * make(const qwen4j_sampler_stage & stage) {
    switch (stage.kind) {
        case QWEN4J_SAMPLER_GREEDY:      return llama_sampler_init_greedy();
        case QWEN4J_SAMPLER_DIST:        return llama_sampler_init_dist(stage.seed);
        case QWEN4J_SAMPLER_TOP_K:       return llama_sampler_init_top_k(stage.n);
        case QWEN4J_SAMPLER_TOP_P:       return llama_sampler_init_top_p(stage.a, (size_t) stage.n);
        case QWEN4J_SAMPLER_MIN_P:       return llama_sampler_init_min_p(stage.a, (size_t) stage.n);
        case QWEN4J_SAMPLER_TEMPERATURE: return llama_sampler_init_temp(stage.a);
        default:                         return nullptr;
    }
}

}  // namespace

struct llama_sampler * qwen4j_sampler_new(struct qwen4j_error * error, const struct llama_vocab * vocab, const struct qwen4j_logit_bias * biases,
    int32_t n_biases, const struct qwen4j_sampler_stage * stages, int32_t n_stages) {
    static_assert(sizeof(qwen4j_logit_bias) == sizeof(llama_logit_bias), "passed on as it is");
    return guarded(error, [&]() -> llama_sampler * {
        llama_sampler_chain_params params = llama_sampler_chain_default_params();
        Sampler chain(llama_sampler_chain_init(params));
        const int32_t n_vocab = llama_vocab_n_tokens(vocab);
        if (n_biases > 0) {
            llama_sampler_chain_add(chain.get(),
                llama_sampler_init_logit_bias(n_vocab, n_biases, reinterpret_cast<const llama_logit_bias *>(biases)));
        }
        for (int32_t i = 0; i < n_stages; i++) {
            const qwen4j_sampler_stage & stage  = stages[i];
            llama_sampler *              member = stage.kind == QWEN4J_SAMPLER_PENALTIES ?
                             llama_sampler_init_penalties(n_vocab, stage.n, stage.a, stage.b, stage.c) :
                             make(stage);
            if (!member) {
                fail(error, stage.kind, "stage %d of the sampler chain (kind %d) could not be made", i, stage.kind);
                return nullptr;
            }
            llama_sampler_chain_add(chain.get(), member);
        }
        return chain.release();
    });
}

void qwen4j_sampler_free(struct qwen4j_error * error, struct llama_sampler * sampler) {
    guarded(error, [&] { llama_sampler_free(sampler); });
}

int32_t qwen4j_sample(struct qwen4j_error * error, struct llama_sampler * sampler, struct qwen4j_context * context, int32_t i) {
    return guarded(error, [&]() -> int32_t {
        if (is_broken(context, error)) {
            return -1;
        }
        const llama_token token = llama_sampler_sample(sampler, context->llama, i);
        if (std::isnan(llama_get_logits_ith(context->llama, i)[token])) {
            fail(error, token, "the model's logits are not numbers; its weights or parameters are broken");
            return -1;
        }
        return token;
    });
}

void qwen4j_sampler_accept(struct qwen4j_error * error, struct llama_sampler * sampler, int32_t token) {
    guarded(error, [&] { llama_sampler_accept(sampler, token); });
}

void qwen4j_sampler_reset(struct qwen4j_error * error, struct llama_sampler * sampler) {
    guarded(error, [&] { llama_sampler_reset(sampler); });
}
