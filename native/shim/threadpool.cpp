#include "threadpool.h"

#include "guard.h"
#include "live.h"

#include "ggml-backend.h"

#include <algorithm>
#include <iterator>

using namespace qwen4j;

namespace {

// Where the CPU backend is loaded at run time it cannot be linked.
template <typename Function> Function cpu_function(const char * name) {
    ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
    return reinterpret_cast<Function>(ggml_backend_reg_get_proc_address(reg, name));
}

Pool make_pool(ggml_threadpool_params & params) {
    Pool pool(cpu_function<decltype(&ggml_threadpool_new)>("ggml_threadpool_new")(&params));
    if (pool) {
        live.threadpools++;
    }
    return pool;
}

}  // namespace

void FreePool::operator()(ggml_threadpool_t pool) const {
    live.threadpools--;
    cpu_function<decltype(&ggml_threadpool_free)>("ggml_threadpool_free")(pool);
}

Pool qwen4j::make_pool(int32_t n_threads) {
    ggml_threadpool_params params = ggml_threadpool_params_default(n_threads);
    return ::make_pool(params);
}

struct ggml_threadpool * qwen4j_threadpool_new(struct qwen4j_error * error, const struct qwen4j_threadpool_params * params) {
    static_assert(QWEN4J_MAX_CPUS == GGML_MAX_N_THREADS, "a flag a CPU");
    return guarded(error, [&]() -> ggml_threadpool * {
        ggml_threadpool_params theirs = ggml_threadpool_params_default(params->n_threads);
        theirs.prio                   = (ggml_sched_priority) params->priority;
        theirs.poll                   = (uint32_t) params->poll;
        theirs.strict_cpu             = params->strict_cpu;
        std::copy(std::begin(params->cpus), std::end(params->cpus), theirs.cpumask);
        Pool pool = ::make_pool(theirs);
        if (!pool) {
            fail(error, 0, "no threadpool of %d threads could be made", params->n_threads);
        }
        return pool.release();
    });
}

void qwen4j_threadpool_free(struct qwen4j_error * error, struct ggml_threadpool * pool) {
    guarded(error, [&] { Pool(pool).reset(); });
}
