#include "context.h"

#include "guard.h"
#include "live.h"
#include "model_files.h"
#include "shutdown.h"

#include "ggml-backend.h"

#include <cstring>
#include <initializer_list>
#include <memory>
#include <vector>

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

void destroy(qwen4j_context * context) {
    if (!context) {
        return;
    }
    if (context->abandoned) {
        context->pools.release();
        for (Pools & pools : context->retired) {
            pools.release();
        }
        return;
    }
    if (context->llama) {
        live.contexts--;
        llama_free(context->llama);
    }
    delete context;
}

// ggml asks before and after it computed a node, on the thread that called decode.
bool on_eval(ggml_tensor * tensor, bool ask, void * user_data) {
    auto * context = static_cast<qwen4j_context *>(user_data);
    if (context->eval_stopped) {
        return false;
    }
    qwen4j_node node{};
    node.name        = tensor->name;
    node.operation   = ggml_op_desc(tensor);
    node.type        = tensor->type;
    node.is_computed = !ask;
    node.bytes       = (int64_t) ggml_nbytes(tensor);
    for (int i = 0; i < 4; i++) {
        node.shape[i] = tensor->ne[i];
    }
    if (ask) {
        return context->eval(&node);
    }
    std::vector<uint8_t> data(node.bytes);
    ggml_backend_tensor_get(tensor, data.data(), 0, data.size());
    node.data             = data.data();
    context->eval_stopped = !context->eval(&node);
    return !context->eval_stopped;
}

// Keeps pools that are replaced until all of a batch was computed on others.
void retire(qwen4j_context * context, Pools && next) {
    if (context->pools.known) {
        context->retired.push_back(std::move(context->pools));
    }
    context->pools = std::move(next);
}

// Own pools, as llama.cpp's programs have them; the second only where batches have another number of threads.
bool set_threads(qwen4j_context * context, int32_t n_threads, int32_t n_threads_batch, qwen4j_error * error) {
    Pools pools{ make_pool(n_threads), Pool(nullptr), false };
    if (n_threads_batch != n_threads) {
        pools.batch = make_pool(n_threads_batch);
    }
    if (!pools.single || (n_threads_batch != n_threads && !pools.batch)) {
        fail(error, 0, "no threadpool of %d and %d threads could be made", n_threads, n_threads_batch);
        return false;
    }
    llama_attach_threadpool(context->llama, pools.single.get(), pools.batch ? pools.batch.get() : pools.single.get());
    llama_set_n_threads(context->llama, n_threads, n_threads_batch);
    retire(context, std::move(pools));
    return true;
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

struct qwen4j_context * qwen4j_context_new(struct qwen4j_error * error, struct llama_model * model, const struct llama_context_params * params,
    qwen4j_eval_callback eval) {
    return guarded(error, [&]() -> qwen4j_context * {
        if (!are_sane(*params, error)) {
            return nullptr;
        }
        std::unique_ptr<qwen4j_context, decltype(&destroy)> context(new qwen4j_context(), destroy);
        llama_context_params ours = *params;
        ours.abort_callback       = on_abort_query;
        ours.abort_callback_data  = context.get();
        ours.cb_eval              = eval ? on_eval : nullptr;
        ours.cb_eval_user_data    = context.get();
        context->eval             = eval;
        context->llama            = llama_init_from_model(model, ours);
        if (!context->llama) {
            fail(error, 0, "llama.cpp did not create a context");
            return nullptr;
        }
        live.contexts++;
        if (!set_threads(context.get(), params->n_threads, params->n_threads_batch, error)) {
            return nullptr;
        }
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

namespace {

// As decode or encode of llama.h, and tells afterwards whether the context can still be used.
template <typename Compute> int32_t compute(qwen4j_error * error, qwen4j_context * context, const char * name, Compute && call) {
    bool          started = false;
    const int32_t result  = guarded(error, [&]() -> int32_t {
        if (is_broken(context, error)) {
            return -1;
        }
        // ggml asks only after a node was computed.
        if (context->cancel.load(std::memory_order_relaxed) != 0) {
            return 2;
        }
        if (!files_intact(llama_get_model(context->llama), error)) {
            return -1;
        }
        started               = true;
        context->pools.known  = true;
        context->eval_stopped = false;
        const int32_t rc      = call();
        if (rc == 0) {
            context->retired.clear();  // a batch that was refused, or ended early, may have computed nothing, or some of it
        }
        if (!files_intact(llama_get_model(context->llama), error)) {
            return -1;
        }
        if (context->eval_stopped && rc >= 0) {
            return 3;
        }
        if (rc != 0 && rc != 1 && rc != 2) {
            fail(error, rc, "%s returned %d", name, rc);
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

// A pointer into the results of the last batch.
template <typename Get> const float * result(qwen4j_error * error, qwen4j_context * context, const char * what, int32_t i, Get && get) {
    return guarded(error, [&]() -> const float * {
        if (is_broken(context, error)) {
            return nullptr;
        }
        const float * row = get();
        if (!row) {
            fail(error, 0, "there is no %s %d in the results of the last batch", what, i);
        }
        return row;
    });
}

}  // namespace

int32_t qwen4j_decode(struct qwen4j_error * error, struct qwen4j_context * context, const struct llama_batch * batch) {
    return compute(error, context, "llama_decode", [&] { return llama_decode(context->llama, *batch); });
}

int32_t qwen4j_encode(struct qwen4j_error * error, struct qwen4j_context * context, const struct llama_batch * batch) {
    return compute(error, context, "llama_encode", [&] { return llama_encode(context->llama, *batch); });
}

const float * qwen4j_logits(struct qwen4j_error * error, struct qwen4j_context * context, int32_t i) {
    return result(error, context, "logits of token", i, [&] { return llama_get_logits_ith(context->llama, i); });
}

const float * qwen4j_embedding(struct qwen4j_error * error, struct qwen4j_context * context, int32_t i) {
    return result(error, context, "embedding of token", i, [&] { return llama_get_embeddings_ith(context->llama, i); });
}

const float * qwen4j_pooled_embedding(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence) {
    return result(error, context, "embedding of sequence", sequence, [&] {
        llama_synchronize(context->llama);
        return llama_get_embeddings_seq(context->llama, sequence);
    });
}

void qwen4j_context_set_threads(struct qwen4j_error * error, struct qwen4j_context * context, int32_t n_threads, int32_t n_threads_batch) {
    guarded(error, [&] {
        if (!is_broken(context, error)) {
            set_threads(context, n_threads, n_threads_batch, error);
        }
    });
}

void qwen4j_context_attach(struct qwen4j_error * error, struct qwen4j_context * context, struct ggml_threadpool * pool, int32_t n_threads,
    struct ggml_threadpool * pool_batch, int32_t n_threads_batch) {
    guarded(error, [&] {
        if (is_broken(context, error)) {
            return;
        }
        llama_attach_threadpool(context->llama, pool, pool_batch);
        llama_set_n_threads(context->llama, n_threads, n_threads_batch);
        retire(context, Pools{});
    });
}
