#include "context.h"
#include "guard.h"

using namespace qwen4j;

namespace {

template <typename Change> void change(qwen4j_error * error, qwen4j_context * context, Change && call) {
    guarded(error, [&] {
        if (!is_broken(context, error)) {
            call(llama_get_memory(context->llama));
        }
    });
}

}  // namespace

void qwen4j_memory_clear(struct qwen4j_error * error, struct qwen4j_context * context) {
    change(error, context, [&](llama_memory_t memory) { llama_memory_clear(memory, true); });
}

bool qwen4j_memory_remove(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence, int32_t p0, int32_t p1) {
    bool done = false;
    change(error, context, [&](llama_memory_t memory) { done = llama_memory_seq_rm(memory, sequence, p0, p1); });
    return done;
}

void qwen4j_memory_copy(struct qwen4j_error * error, struct qwen4j_context * context, int32_t from, int32_t to, int32_t p0, int32_t p1) {
    change(error, context, [&](llama_memory_t memory) { llama_memory_seq_cp(memory, from, to, p0, p1); });
}

void qwen4j_memory_keep(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence) {
    change(error, context, [&](llama_memory_t memory) {
        llama_memory_seq_keep(memory, sequence);
        // That looks at its own stream only.
        for (int32_t other = 0; other < (int32_t) llama_n_seq_max(context->llama); other++) {
            if (other != sequence) {
                llama_memory_seq_rm(memory, other, -1, -1);
            }
        }
    });
}

void qwen4j_memory_shift(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence, int32_t p0, int32_t p1, int32_t delta) {
    change(error, context, [&](llama_memory_t memory) { llama_memory_seq_add(memory, sequence, p0, p1, delta); });
}

void qwen4j_memory_divide(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence, int32_t p0, int32_t p1, int32_t divisor) {
    change(error, context, [&](llama_memory_t memory) { llama_memory_seq_div(memory, sequence, p0, p1, divisor); });
}
