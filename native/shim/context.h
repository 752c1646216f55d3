#pragma once

#include "qwen4j.h"
#include "threadpool.h"

#include <atomic>
#include <vector>

struct qwen4j_context {
    llama_context *      llama = nullptr;
    qwen4j::Pools        pools;
    std::vector<qwen4j::Pools> retired; // ggml's backend may still point to one of these, and pauses it when it computes on another one
    std::atomic<int32_t> cancel{ 0 };
    qwen4j_eval_callback eval         = nullptr;
    bool                 eval_stopped = false; // since the current decode began
    bool                 broken       = false; // can be freed and nothing else
    bool                 abandoned    = false; // its memory is given up instead
};

namespace qwen4j {

// Whether nothing can be done with it any more, and then says so.
bool is_broken(const qwen4j_context * context, qwen4j_error * error);

}  // namespace qwen4j
