#pragma once

#include "live.h"
#include "qwen4j.h"

#include <cstdint>
#include <vector>

struct qwen4j_sampler {
    const llama_vocab * vocab   = nullptr;
    int32_t             n_vocab = 0;
    llama_sampler *     chain   = nullptr; // owns its members

    std::vector<int32_t>          kinds;      // of the members
    std::vector<llama_token_data> candidates; // kept between calls

    bool attached = false; // to a context, which applies the first members where it computes

    bool    waits = false; // a lazy grammar may not have been woken yet
    int64_t heard = 0;     // bytes since then

    int64_t micros = 0;
    int64_t count  = 0;

    qwen4j_sampler() { qwen4j::live.samplers++; }
    ~qwen4j_sampler() {
        qwen4j::live.samplers--;
        llama_sampler_free(chain);
    }
    qwen4j_sampler(const qwen4j_sampler &) = delete;
    qwen4j_sampler & operator=(const qwen4j_sampler &) = delete;
};

namespace qwen4j {

// What a custom sampler's function that fails throws through llama.cpp's frames.
struct CustomFailure {};

llama_sampler * new_custom(const char * name, const qwen4j_custom_sampler & functions);

}  // namespace qwen4j
