// ggml's threadpools, owned.
#pragma once

#include "ggml-cpu.h"

#include <memory>

namespace qwen4j {

struct FreePool {
    void operator()(ggml_threadpool_t pool) const;
};
using Pool = std::unique_ptr<ggml_threadpool, FreePool>;

// What a context computes on: single tokens, and batches where those have another number of threads.
struct Pools {
    Pool single;
    Pool batch;
    bool known = false;  // something may have been computed on them, so that ggml's backend may point to one of them

    // Gives them up, for threads that will never come back.
    void release() {
        (void) single.release();
        (void) batch.release();
    }
};

Pool make_pool(int32_t n_threads);

}  // namespace qwen4j
