#include "context.h"
#include "guard.h"

#include "ggml-backend.h"

using namespace qwen4j;

namespace {

constexpr int32_t WHOLE = -1;

template <typename Call> int64_t on(qwen4j_error * error, qwen4j_context * context, Call && call) {
    return guarded(error, [&]() -> int64_t { return is_broken(context, error) ? -1 : call(context->llama); });
}

// llama.cpp allocates a snapshot in a destructor, and ends the process where it cannot.
bool can_allocate(qwen4j_error * error, size_t size) {
    for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
        ggml_backend_dev_t device = ggml_backend_dev_get(i);
        if (ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_ACCEL) {
            continue;
        }
        ggml_backend_buffer_t trial = ggml_backend_buft_alloc_buffer(ggml_backend_dev_buffer_type(device), size);
        if (!trial) {
            fail(error, 0, "device %s has no room for %zu bytes", ggml_backend_dev_name(device), size);
            return false;
        }
        ggml_backend_buffer_free(trial);
    }
    return true;
}

}  // namespace

int64_t qwen4j_state_size(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence, uint32_t flags) {
    return on(error, context, [&](llama_context * llama) -> int64_t {
        const size_t size = sequence == WHOLE ? llama_state_get_size(llama) : llama_state_seq_get_size_ext(llama, sequence, flags);
        if (size == 0) {
            fail(error, 0, "llama.cpp found no state to save");
            return -1;
        }
        return (int64_t) size;
    });
}

int64_t qwen4j_state_get(struct qwen4j_error * error, struct qwen4j_context * context, uint8_t * to, int64_t size, int32_t sequence, uint32_t flags) {
    return on(error, context, [&](llama_context * llama) -> int64_t {
        const bool on_device = (flags & LLAMA_STATE_SEQ_FLAGS_ON_DEVICE) != 0;
        if (on_device && !can_allocate(error, llama_state_seq_get_size_ext(llama, sequence, flags & ~LLAMA_STATE_SEQ_FLAGS_ON_DEVICE))) {
            return -1;
        }
        const size_t written =
            sequence == WHOLE ? llama_state_get_data(llama, to, size) : llama_state_seq_get_data_ext(llama, to, size, sequence, flags);
        if (written != (size_t) size) {
            fail(error, 0, "llama.cpp saved %zu bytes of %zu", written, (size_t) size);
            return -1;
        }
        return (int64_t) written;
    });
}

int64_t qwen4j_state_set(struct qwen4j_error * error, struct qwen4j_context * context, const uint8_t * from, int64_t size, int32_t sequence,
    uint32_t flags) {
    return on(error, context, [&](llama_context * llama) -> int64_t {
        const size_t read =
            sequence == WHOLE ? llama_state_set_data(llama, from, size) : llama_state_seq_set_data_ext(llama, from, size, sequence, flags);
        if (read != (size_t) size) {
            fail(error, 0, "llama.cpp restored %zu bytes of %zu", read, (size_t) size);
            return -1;
        }
        return (int64_t) read;
    });
}
