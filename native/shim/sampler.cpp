#include "sampler.h"

#include "context.h"
#include "guard.h"

#include "ggml.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <regex>

using namespace qwen4j;

namespace {

struct Free {
    void operator()(llama_sampler * sampler) const { llama_sampler_free(sampler); }
};
using Stage = std::unique_ptr<llama_sampler, Free>;

// Matching a token takes llama.cpp two stack frames for each of its characters.
constexpr size_t LONGEST_PIECE = 1000;

bool is_grammar(int32_t kind) {
    return kind == QWEN4J_SAMPLER_GRAMMAR || kind == QWEN4J_SAMPLER_LAZY_GRAMMAR;
}

bool grammar_can_be_matched(const llama_vocab * vocab, int32_t n_vocab, qwen4j_error * error) {
    for (llama_token id = 0; id < n_vocab; id++) {
        if (strlen(llama_vocab_get_text(vocab, id)) > LONGEST_PIECE) {
            fail(error, QWEN4J_SAMPLING_OTHER, "token %d of the vocabulary has more than %zu bytes, too many for a grammar", id, LONGEST_PIECE);
            return false;
        }
    }
    return true;
}

bool are_patterns(const qwen4j_sampler_stage & stage, qwen4j_error * error) {
    for (int32_t i = 0; i < stage.n_texts; i++) {
        try {
            std::regex pattern(stage.texts[i]);
        } catch (const std::regex_error & e) {
            fail(error, QWEN4J_SAMPLING_PATTERN, "trigger pattern %d, %s, is no regular expression: %s", i, stage.texts[i], e.what());
            return false;
        }
    }
    return true;
}

// Those that a device may have an implementation of.
bool may_run_on_device(int32_t kind) {
    switch (kind) {
        case QWEN4J_SAMPLER_GREEDY:
        case QWEN4J_SAMPLER_DIST:
        case QWEN4J_SAMPLER_TOP_K:
        case QWEN4J_SAMPLER_TOP_P:
        case QWEN4J_SAMPLER_MIN_P:
        case QWEN4J_SAMPLER_TEMPERATURE:
        case QWEN4J_SAMPLER_TEMP_EXT:
        case QWEN4J_SAMPLER_LOGIT_BIAS:
        case QWEN4J_SAMPLER_PENALTIES:   return true;
        default:                         return false;
    }
}

llama_sampler * make(const qwen4j_sampler & sampler, const qwen4j_sampler_stage & stage) {
    const llama_vocab * vocab   = sampler.vocab;
    const int32_t       n_vocab = sampler.n_vocab;
    const size_t        n       = (size_t) stage.n;
    static_assert(sizeof(qwen4j_logit_bias) == sizeof(llama_logit_bias), "passed on as it is");
    switch (stage.kind) {
        case QWEN4J_SAMPLER_GREEDY:      return llama_sampler_init_greedy();
        case QWEN4J_SAMPLER_DIST:        return llama_sampler_init_dist(stage.seed);
        case QWEN4J_SAMPLER_TOP_K:       return llama_sampler_init_top_k(stage.n);
        case QWEN4J_SAMPLER_TOP_P:       return llama_sampler_init_top_p(stage.a, n);
        case QWEN4J_SAMPLER_MIN_P:       return llama_sampler_init_min_p(stage.a, n);
        case QWEN4J_SAMPLER_TEMPERATURE: return llama_sampler_init_temp(stage.a);
        case QWEN4J_SAMPLER_PENALTIES:   return llama_sampler_init_penalties(n_vocab, stage.n, stage.a, stage.b, stage.c);
        case QWEN4J_SAMPLER_TYPICAL:     return llama_sampler_init_typical(stage.a, n);
        case QWEN4J_SAMPLER_TEMP_EXT:    return llama_sampler_init_temp_ext(stage.a, stage.b, stage.c);
        case QWEN4J_SAMPLER_XTC:         return llama_sampler_init_xtc(stage.a, stage.b, n, stage.seed);
        case QWEN4J_SAMPLER_TOP_N_SIGMA: return llama_sampler_init_top_n_sigma(stage.a);
        case QWEN4J_SAMPLER_MIROSTAT:    return llama_sampler_init_mirostat(n_vocab, stage.seed, stage.a, stage.b, stage.n);
        case QWEN4J_SAMPLER_MIROSTAT_V2: return llama_sampler_init_mirostat_v2(stage.seed, stage.a, stage.b);
        case QWEN4J_SAMPLER_ADAPTIVE_P:  return llama_sampler_init_adaptive_p(stage.a, stage.b, stage.seed);
        case QWEN4J_SAMPLER_DRY:
            return llama_sampler_init_dry(vocab, stage.a, stage.b, stage.m, stage.n, stage.texts, (size_t) stage.n_texts);
        case QWEN4J_SAMPLER_LOGIT_BIAS:
            return llama_sampler_init_logit_bias(n_vocab, stage.n_biases, reinterpret_cast<const llama_logit_bias *>(stage.biases));
        case QWEN4J_SAMPLER_INFILL:  return llama_sampler_init_infill(vocab);
        case QWEN4J_SAMPLER_GRAMMAR: return llama_sampler_init_grammar(vocab, stage.text, stage.name);
        case QWEN4J_SAMPLER_LAZY_GRAMMAR:
            return llama_sampler_init_grammar_lazy_patterns(vocab, stage.text, stage.name, stage.texts, (size_t) stage.n_texts, stage.tokens,
                (size_t) stage.n_tokens);
        case QWEN4J_SAMPLER_CUSTOM: return new_custom(stage.name, stage.custom);
        default:                    return nullptr;
    }
}

std::unique_ptr<qwen4j_sampler> new_sampler(const llama_vocab * vocab) {
    std::unique_ptr<qwen4j_sampler> sampler(new qwen4j_sampler());
    sampler->vocab   = vocab;
    sampler->n_vocab = llama_vocab_n_tokens(vocab);
    sampler->chain   = llama_sampler_chain_init(llama_sampler_chain_default_params());
    return sampler;
}

void add(qwen4j_sampler & sampler, int32_t kind, Stage member) {
    sampler.kinds.push_back(kind);
    llama_sampler_chain_add(sampler.chain, member.get());
    (void) member.release();
}

llama_sampler * member(const qwen4j_sampler & sampler, size_t i) {
    return llama_sampler_chain_get(sampler.chain, (int32_t) i);
}

// A member in the same state, for which nothing is on the device. A draw's clone would go on waiting for draws that were made there and not accepted.
Stage unattached(const qwen4j_sampler & sampler, size_t i) {
    llama_sampler * from = member(sampler, i);
    if (sampler.kinds[i] != QWEN4J_SAMPLER_DIST) {
        return Stage(llama_sampler_clone(from));
    }
    Stage copy(llama_sampler_init_dist(llama_sampler_get_seed(from)));
    llama_sampler_copy(from, copy.get());
    return copy;
}

// As if it had never been attached, in the state in which it is: a chain, and a member of one, asserts that it is attached once.
void detach(qwen4j_sampler & sampler) {
    Stage              chain(llama_sampler_chain_init(llama_sampler_chain_default_params()));
    std::vector<Stage> copies;
    for (size_t i = 0; i < sampler.kinds.size(); i++) {
        copies.push_back(may_run_on_device(sampler.kinds[i]) ? unattached(sampler, i) : nullptr);
    }
    for (Stage & copy : copies) {
        Stage before(llama_sampler_chain_remove(sampler.chain, 0));
        llama_sampler_chain_add(chain.get(), copy ? copy.get() : before.get());
        (void) (copy ? copy : before).release();
    }
    llama_sampler_free(sampler.chain);
    sampler.chain    = chain.release();
    sampler.attached = false;
}

// Runs a body in which functions of custom samplers are called.
template <typename Body> auto with_customs(qwen4j_error * error, Body && body) -> decltype(body()) {
    try {
        return body();
    } catch (const CustomFailure &) {
        fail(error, QWEN4J_SAMPLING_CUSTOM, "a custom sampler failed");
        return decltype(body())();
    }
}

bool refuses(llama_sampler * grammar, llama_token token) {
    llama_token_data       one   = { token, 0.0f, 0.0f };
    llama_token_data_array array = { &one, 1, -1, false };
    llama_sampler_apply(grammar, &array);
    return std::isinf(one.logit);
}

// While it waits, it looks at no candidate, not even at one that is in no vocabulary.
bool waits(llama_sampler * grammar) {
    try {
        refuses(grammar, LLAMA_TOKEN_NULL);
        return true;
    } catch (const std::exception &) {
        return false;
    }
}

// llama.cpp throws or aborts when it accepts a token that a grammar does not allow, and the grammar cannot be used after that.
bool grammars_allow(qwen4j_sampler & sampler, llama_token token, qwen4j_error * error) {
    bool still_waits = false;
    for (size_t i = 0; i < sampler.kinds.size(); i++) {
        if (!is_grammar(sampler.kinds[i])) {
            continue;
        }
        llama_sampler * grammar = member(sampler, i);
        if (refuses(grammar, token)) {
            fail(error, QWEN4J_SAMPLING_REFUSED, "stage %zu, a grammar, does not allow token %d here", i, token);
            return false;
        }
        if (sampler.waits && sampler.kinds[i] == QWEN4J_SAMPLER_LAZY_GRAMMAR && waits(grammar)) {
            Stage trial(llama_sampler_clone(grammar));
            try {
                llama_sampler_accept(trial.get(), token);
            } catch (const std::exception &) {
                fail(error, QWEN4J_SAMPLING_REFUSED,
                    "with token %d the trigger of stage %zu, a lazy grammar, is complete, and the text from there on is not in the grammar", token, i);
                return false;
            }
            still_waits = still_waits || waits(trial.get());
        }
    }
    if (sampler.waits) {
        sampler.waits = still_waits;
        sampler.heard = still_waits ? sampler.heard + (int64_t) strlen(llama_vocab_get_text(sampler.vocab, token)) : 0;
    }
    return true;
}

bool has_lazy_grammar(const qwen4j_sampler & sampler) {
    for (int32_t kind : sampler.kinds) {
        if (kind == QWEN4J_SAMPLER_LAZY_GRAMMAR) {
            return true;
        }
    }
    return false;
}

// A draw among them, or among NaNs, ends with any of them.
bool are_banned(const llama_token_data_array & array) {
    for (size_t i = 0; i < array.size; i++) {
        if (array.data[i].logit != -INFINITY) {
            return false;
        }
    }
    return true;
}

bool is_choice(const qwen4j_sampler & sampler, const llama_token_data_array & array, qwen4j_error * error) {
    if (array.size == 0) {
        fail(error, QWEN4J_SAMPLING_NO_CANDIDATE, "no candidate is left");
    } else if (array.selected < 0 || (size_t) array.selected >= array.size) {
        fail(error, QWEN4J_SAMPLING_NO_SELECTION, "no stage selected one of the %zu candidates", array.size);
    } else {
        const llama_token_data & chosen = array.data[array.selected];
        if (chosen.logit == -INFINITY && are_banned(array)) {
            fail(error, QWEN4J_SAMPLING_NO_CANDIDATE, "all %zu candidates are banned", array.size);
        } else if (std::isnan(chosen.logit) || std::isnan(chosen.p) || chosen.logit == -INFINITY) {
            fail(error, QWEN4J_SAMPLING_NOT_A_NUMBER, "the candidates' logits or probabilities are no numbers after the last stage");
        } else if (chosen.id < 0 || chosen.id >= sampler.n_vocab) {
            fail(error, QWEN4J_SAMPLING_NO_CANDIDATE, "token %d was selected, which is not in the vocabulary", chosen.id);
        } else {
            return true;
        }
    }
    return false;
}

// Greedy alone, without candidates; as llama.cpp has it, the first of equals.
llama_token highest(const float * logits, int32_t n_vocab, qwen4j_error * error) {
    int32_t best   = 0;
    bool    is_nan = false;
    for (int32_t id = 0; id < n_vocab; id++) {
        is_nan |= std::isnan(logits[id]);
        if (logits[id] > logits[best]) {
            best = id;
        }
    }
    if (is_nan || logits[best] == -INFINITY) {
        fail(error, is_nan ? QWEN4J_SAMPLING_NOT_A_NUMBER : QWEN4J_SAMPLING_NO_CANDIDATE,
            "the model's logits are not numbers; its weights or parameters are broken");
        return LLAMA_TOKEN_NULL;
    }
    return best;
}

llama_token choose(qwen4j_sampler & sampler, const float * logits, qwen4j_error * error) {
    if (sampler.kinds.size() == 1 && sampler.kinds[0] == QWEN4J_SAMPLER_GREEDY) {
        return highest(logits, sampler.n_vocab, error);
    }
    sampler.candidates.resize((size_t) sampler.n_vocab);
    bool is_nan = false;
    for (llama_token id = 0; id < sampler.n_vocab; id++) {
        is_nan |= std::isnan(logits[id]);
        sampler.candidates[(size_t) id] = { id, logits[id], 0.0f };
    }
    if (is_nan) {
        // Sorting would go out of bounds.
        fail(error, QWEN4J_SAMPLING_NOT_A_NUMBER, "the model's logits are not numbers; its weights or parameters are broken");
        return LLAMA_TOKEN_NULL;
    }
    llama_token_data_array array = { sampler.candidates.data(), sampler.candidates.size(), -1, false };
    llama_sampler_apply(sampler.chain, &array);
    return is_choice(sampler, array, error) ? array.data[array.selected].id : LLAMA_TOKEN_NULL;
}

// From what the device left of the candidates, and what it chose, if the chain's last member was among those that it applied.
llama_token choose_behind_device(qwen4j_sampler & sampler, llama_context * context, int32_t i, qwen4j_error * error) {
    const float *  logits = llama_get_sampled_logits_ith(context, i);
    const uint32_t n      = llama_get_sampled_logits_count_ith(context, i);
    if (!logits || n == 0) {
        fail(error, QWEN4J_SAMPLING_NO_LOGITS, "the device left no logits for position %d of the last batch", i);
        return LLAMA_TOKEN_NULL;
    }
    const llama_token * ids     = llama_get_sampled_candidates_ith(context, i);  // the whole vocabulary in its order, if none was taken out
    const uint32_t      n_ids   = llama_get_sampled_candidates_count_ith(context, i);
    const float *       probs   = llama_get_sampled_probs_ith(context, i);
    const uint32_t      n_probs = llama_get_sampled_probs_count_ith(context, i);
    if ((n_ids != 0 ? n_ids : (uint32_t) sampler.n_vocab) != n) {
        fail(error, QWEN4J_SAMPLING_OTHER, "the device left %u logits for %u candidates", n, n_ids);
        return LLAMA_TOKEN_NULL;
    }
    const llama_token chosen   = llama_get_sampled_token_ith(context, i);
    int64_t           selected = -1;
    bool              is_nan   = false;
    sampler.candidates.clear();
    for (uint32_t c = 0; c < n; c++) {
        is_nan |= std::isnan(logits[c]);
        if (ids[c] == chosen) {
            selected = (int64_t) sampler.candidates.size();
        } else if (logits[c] == -INFINITY) {
            continue;  // banned on the device, where the same stages take it out elsewhere
        }
        sampler.candidates.push_back({ ids[c], logits[c], n_probs == n ? probs[c] : 0.0f });
    }
    llama_token_data_array array = { sampler.candidates.data(), sampler.candidates.size(), selected, false };
    if (is_nan) {
        fail(error, QWEN4J_SAMPLING_NOT_A_NUMBER, "the logits are not numbers behind the stages on the device");
        return LLAMA_TOKEN_NULL;
    }
    if (chosen == LLAMA_TOKEN_NULL && array.size > 0) {
        llama_sampler_apply(sampler.chain, &array);
    }
    return is_choice(sampler, array, error) ? array.data[array.selected].id : LLAMA_TOKEN_NULL;
}

}  // namespace

struct qwen4j_sampler * qwen4j_sampler_new(struct qwen4j_error * error, const struct llama_vocab * vocab,
    const struct qwen4j_sampler_stage * stages, int32_t n_stages) {
    return guarded(error, [&]() -> qwen4j_sampler * {
        std::unique_ptr<qwen4j_sampler> sampler = new_sampler(vocab);
        for (int32_t i = 0; i < n_stages; i++) {
            const qwen4j_sampler_stage & stage = stages[i];
            if (is_grammar(stage.kind) && !(grammar_can_be_matched(vocab, sampler->n_vocab, error) && are_patterns(stage, error))) {
                return nullptr;
            }
            Stage made(make(*sampler, stage));
            if (!made) {
                fail(error, QWEN4J_SAMPLING_OTHER, "stage %d of the sampler chain (kind %d) could not be made", i, stage.kind);
                return nullptr;
            }
            add(*sampler, stage.kind, std::move(made));
        }
        sampler->waits = has_lazy_grammar(*sampler);
        return sampler.release();
    });
}

void qwen4j_sampler_free(struct qwen4j_error * error, struct qwen4j_sampler * sampler) {
    guarded(error, [&] { delete sampler; });
}

struct llama_sampler * qwen4j_sampler_llama(const struct qwen4j_sampler * sampler) {
    return sampler->chain;
}

int32_t qwen4j_sample(struct qwen4j_error * error, struct qwen4j_sampler * sampler, struct qwen4j_context * context, int32_t i) {
    return guarded(error, [&]() -> int32_t {
        if (is_broken(context, error)) {
            return LLAMA_TOKEN_NULL;
        }
        const float * logits = sampler->attached ? nullptr : llama_get_logits_ith(context->llama, i);
        if (!sampler->attached && !logits) {
            fail(error, QWEN4J_SAMPLING_NO_LOGITS, "there are no logits for position %d of the last batch", i);
            return LLAMA_TOKEN_NULL;
        }
        return with_customs(error, [&]() -> int32_t {
            const int64_t     start = ggml_time_us();
            const llama_token token = logits ? choose(*sampler, logits, error) : choose_behind_device(*sampler, context->llama, i, error);
            if (token == LLAMA_TOKEN_NULL || !grammars_allow(*sampler, token, error)) {
                return LLAMA_TOKEN_NULL;
            }
            llama_sampler_accept(sampler->chain, token);
            sampler->micros += ggml_time_us() - start;
            sampler->count++;
            return token;
        });
    });
}

void qwen4j_sampler_attach(struct qwen4j_error * error, struct qwen4j_sampler * sampler, struct qwen4j_context * context, int32_t sequence) {
    guarded(error, [&] {
        if (is_broken(context, error)) {
            return;
        }
        try {
            sampler->attached = llama_set_sampler(context->llama, sequence, sampler->chain);
        } catch (...) {
            detach(*sampler);
            throw;
        }
        if (!sampler->attached) {
            fail(error, QWEN4J_SAMPLING_OTHER, "llama.cpp does not run samplers on the devices of this model");
        }
    });
}

void qwen4j_sampler_detach(struct qwen4j_error * error, struct qwen4j_sampler * sampler) {
    guarded(error, [&] { detach(*sampler); });
}

void qwen4j_context_detach_sampler(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence) {
    guarded(error, [&] {
        if (!is_broken(context, error)) {
            llama_set_sampler(context->llama, sequence, nullptr);
        }
    });
}

void qwen4j_sampler_apply(struct qwen4j_error * error, struct qwen4j_sampler * sampler, struct llama_token_data_array * candidates) {
    guarded(error, [&] {
        with_customs(error, [&] {
            llama_sampler_apply(sampler->chain, candidates);
            if (candidates->selected >= 0 || candidates->size == 0) {
                is_choice(*sampler, *candidates, error);
            }
        });
    });
}

void qwen4j_sampler_accept(struct qwen4j_error * error, struct qwen4j_sampler * sampler, int32_t token, bool generated) {
    guarded(error, [&] {
        with_customs(error, [&] {
            if (!generated) {
                for (size_t i = 0; i < sampler->kinds.size(); i++) {
                    if (!is_grammar(sampler->kinds[i])) {
                        llama_sampler_accept(member(*sampler, i), token);
                    }
                }
            } else if (grammars_allow(*sampler, token, error)) {
                llama_sampler_accept(sampler->chain, token);
            }
        });
    });
}

void qwen4j_sampler_reset(struct qwen4j_error * error, struct qwen4j_sampler * sampler) {
    guarded(error, [&] {
        with_customs(error, [&] {
            llama_sampler_reset(sampler->chain);
            sampler->waits = has_lazy_grammar(*sampler);
            sampler->heard = 0;
        });
    });
}

struct qwen4j_sampler * qwen4j_sampler_copy(struct qwen4j_error * error, const struct qwen4j_sampler * sampler,
    const struct qwen4j_custom_sampler * customs, int32_t n_customs) {
    return guarded(error, [&]() -> qwen4j_sampler * {
        std::unique_ptr<qwen4j_sampler> copy = new_sampler(sampler->vocab);
        int32_t                         used = 0;
        for (size_t i = 0; i < sampler->kinds.size(); i++) {
            const int32_t   kind = sampler->kinds[i];
            llama_sampler * from = member(*sampler, i);
            if (kind == QWEN4J_SAMPLER_CUSTOM) {
                if (used == n_customs) {
                    fail(error, QWEN4J_SAMPLING_OTHER, "there are more custom stages than the %d copies given", n_customs);
                    return nullptr;
                }
                add(*copy, kind, Stage(new_custom(llama_sampler_name(from), customs[used++])));
                continue;
            }
            Stage made(unattached(*sampler, i));
            if (kind == QWEN4J_SAMPLER_ADAPTIVE_P) {
                // llama.cpp copies which token it waits for, and not the probabilities that it would then look at. A token that never comes ends that.
                llama_sampler_accept(made.get(), LLAMA_TOKEN_NULL - 1);
            }
            add(*copy, kind, std::move(made));
        }
        copy->waits = sampler->waits;
        copy->heard = sampler->heard;
        return copy.release();
    });
}

void qwen4j_sampler_remove(struct qwen4j_error * error, struct qwen4j_sampler * sampler, int32_t i) {
    guarded(error, [&] {
        llama_sampler * removed = llama_sampler_chain_remove(sampler->chain, i);
        if (!removed) {
            fail(error, QWEN4J_SAMPLING_OTHER, "there is no stage %d", i);
            return;
        }
        llama_sampler_free(removed);
        sampler->kinds.erase(sampler->kinds.begin() + i);
        sampler->waits = sampler->waits && has_lazy_grammar(*sampler);
    });
}

int64_t qwen4j_sampler_heard(const struct qwen4j_sampler * sampler) {
    return sampler->waits ? sampler->heard : -1;
}

int64_t qwen4j_sampler_micros(const struct qwen4j_sampler * sampler) {
    return sampler->micros;
}

int64_t qwen4j_sampler_count(const struct qwen4j_sampler * sampler) {
    return sampler->count;
}
