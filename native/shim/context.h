#pragma once

#include "qwen4j.h"

#include <atomic>

#include "ggml-cpu.h"

struct qwen4j_context {
    llama_context *      llama      = nullptr;
    ggml_threadpool_t    pool       = nullptr; // decode
    ggml_threadpool_t    pool_batch = nullptr; // prefill, where it has another number of threads
    std::atomic<int32_t> cancel{ 0 };
    bool                 broken    = false; // can be freed and nothing else
    bool                 abandoned = false; // its memory is given up instead
};

namespace qwen4j {

// Whether nothing can be done with it any more, and then says so.
bool is_broken(const qwen4j_context * context, qwen4j_error * error);

}  // namespace qwen4j
