#include "context.h"

#include "guard.h"
#include "shutdown.h"

#include "ggml-backend.h"

#include <cstring>
#include <initializer_list>
#include <memory>

using namespace qwen4j;

bool qwen4j::is_broken(const qwen4j_context * context, qwen4j_error * error) {
    if (context->broken) {
        error->status = QWEN4J_STATUS_BROKEN;
    }
    return context->broken;
}

namespace {

static_assert(sizeof(std::atomic<int32_t>) == sizeof(int32_t), "Java writes it as an int");

// ggml asks after every graph node, on the thread that called decode.
bool on_abort_query(void * user_data) {
    static const bool watched = (watch_exit(), true);  // the first decode is still going on, but what it needs exists
    (void) watched;
    const bool asked = exiting() || static_cast<qwen4j_context *>(user_data)->cancel.load(std::memory_order_relaxed) != 0;
    if (GuardFrame * frame = GuardFrame::current(); asked && frame) {
        frame->cancelled();
    }
    return asked;
}

// Where the CPU backend is loaded at run time it cannot be linked.
template <typename Function> Function cpu_function(const char * name) {
    ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
    return reinterpret_cast<Function>(ggml_backend_reg_get_proc_address(reg, name));
}

ggml_threadpool_t new_pool(int32_t n_threads) {
    ggml_threadpool_params params = ggml_threadpool_params_default(n_threads);
    return cpu_function<decltype(&ggml_threadpool_new)>("ggml_threadpool_new")(&params);
}

void destroy(qwen4j_context * context) {
    if (context->abandoned) {
        return;
    }
    const auto free_pool = cpu_function<decltype(&ggml_threadpool_free)>("ggml_threadpool_free");
    if (context->llama) {
        llama_free(context->llama);
    }
    free_pool(context->pool);
    free_pool(context->pool_batch);
    delete context;
}

// The asserts of llama_decode that stand before anything is changed. After any other one the cache's cells are marked already.
bool refused_before_change(const char * message) {
    for (const char * condition : { "(batch_inp.token || batch_inp.embd)", "(batch.n_tokens > 0)", "(n_tokens_all <= cparams.n_batch)",
             "non-causal attention requires n_ubatch", "encoder requires n_ubatch" }) {
        if (strstr(message, condition)) {
            return true;
        }
    }
    return false;
}

// What llama.cpp takes as it is, and then reads or writes out of bounds.
bool are_sane(const llama_context_params & params, qwen4j_error * error) {
    for (const int32_t n : { params.n_threads, params.n_threads_batch }) {
        if (n < 1 || n > GGML_MAX_N_THREADS) {
            fail(error, n, "%d threads; 1 to %d are possible", n, GGML_MAX_N_THREADS);
            return false;
        }
    }
    for (const int32_t type : { (int32_t) params.type_k, (int32_t) params.type_v }) {
        if (type < 0 || type >= GGML_TYPE_COUNT || ggml_blck_size((ggml_type) type) == 0) {
            fail(error, type, "%d is not a type that a cache can have", type);
            return false;
        }
    }
    return true;
}

// A failure in an operator, while other threads wait for this one at a barrier that will never open: joining them would take for ever. They spin
// until the process ends, which is what is left to do. Only llama.cpp's own asserts are known to come from outside of a computation.
bool left_in_graph(const qwen4j_context * context, const qwen4j_error * error) {
    const bool outside = error->status == QWEN4J_STATUS_ASSERTION && strstr(error->message, "src/llama-") != nullptr;
    return !outside && (llama_n_threads(context->llama) > 1 || llama_n_threads_batch(context->llama) > 1);
}

}  // namespace

struct qwen4j_context * qwen4j_context_new(struct qwen4j_error * error, struct llama_model * model, const struct llama_context_params * params) {
    return guarded(error, [&]() -> qwen4j_context * {
        if (!are_sane(*params, error)) {
            return nullptr;
        }
        std::unique_ptr<qwen4j_context, decltype(&destroy)> context(new qwen4j_context(), destroy);
        llama_context_params ours = *params;
        ours.abort_callback       = on_abort_query;
        ours.abort_callback_data  = context.get();
        context->llama            = llama_init_from_model(model, ours);
        if (!context->llama) {
            fail(error, 0, "llama.cpp did not create a context");
            return nullptr;
        }
        context->pool = new_pool(params->n_threads);
        if (params->n_threads_batch != params->n_threads) {
            context->pool_batch = new_pool(params->n_threads_batch);
        }
        if (!context->pool || (params->n_threads_batch != params->n_threads && !context->pool_batch)) {
            fail(error, 0, "no threadpool of %d and %d threads could be made", params->n_threads, params->n_threads_batch);
            return nullptr;
        }
        llama_attach_threadpool(context->llama, context->pool, context->pool_batch ? context->pool_batch : context->pool);
        return context.release();
    });
}

void qwen4j_context_free(struct qwen4j_error * error, struct qwen4j_context * context) {
    guarded(error, [&] { destroy(context); });
}

struct llama_context * qwen4j_context_llama(const struct qwen4j_context * context) {
    return context->llama;
}

int32_t * qwen4j_context_cancel(struct qwen4j_context * context) {
    return reinterpret_cast<int32_t *>(&context->cancel);
}

int32_t qwen4j_context_broken(const struct qwen4j_context * context) {
    return context->broken;
}

int32_t qwen4j_decode(struct qwen4j_error * error, struct qwen4j_context * context, const struct llama_batch * batch) {
    bool started = false;
    const int32_t result = guarded(error, [&]() -> int32_t {
        if (is_broken(context, error)) {
            return -1;
        }
        // ggml asks only after a node was computed.
        if (context->cancel.load(std::memory_order_relaxed) != 0) {
            return 2;
        }
        started           = true;
        const int32_t rc = llama_decode(context->llama, *batch);
        if (rc != 0 && rc != 1 && rc != 2) {
            fail(error, rc, "llama_decode returned %d", rc);
            return -1;
        }
        return rc;
    });
    const bool threw = error->status == QWEN4J_STATUS_ASSERTION || error->status == QWEN4J_STATUS_EXCEPTION;
    if (started && threw && !refused_before_change(error->message)) {
        context->broken    = true;
        context->abandoned = left_in_graph(context, error);
    }
    return result;
}

const float * qwen4j_logits(struct qwen4j_error * error, struct qwen4j_context * context, int32_t i) {
    return guarded(error, [&]() -> const float * {
        if (is_broken(context, error)) {
            return nullptr;
        }
        const float * logits = llama_get_logits_ith(context->llama, i);
        if (!logits) {
            fail(error, 0, "there are no logits for position %d of the last batch", i);
        }
        return logits;
    });
}

void qwen4j_context_clear(struct qwen4j_error * error, struct qwen4j_context * context) {
    guarded(error, [&] {
        if (is_broken(context, error)) {
            return;
        }
        llama_memory_clear(llama_get_memory(context->llama), true);
    });
}

bool qwen4j_context_truncate(struct qwen4j_error * error, struct qwen4j_context * context, int32_t p0) {
    return guarded(error, [&]() -> bool {
        if (is_broken(context, error)) {
            return false;
        }
        return llama_memory_seq_rm(llama_get_memory(context->llama), 0, p0, -1);
    });
}
