// What a model and a context would take, measured by llama.cpp itself: it makes both without allocating them, as common_get_device_memory_data does
// (common/fit.cpp); that one swaps the process's logger meanwhile, so it is not for two threads.
#include "guard.h"

#include "ggml-backend.h"
#include "../src/llama-ext.h"  // found from common, as common/fit.cpp finds it

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace qwen4j;

namespace {

// Reading the vocabulary takes longer than all the rest, and no tensor but the embeddings depends on it: a number of nameless tokens does.
std::vector<llama_model_kv_override> without_vocabulary(const llama_model_params & params, const char * architecture, int32_t n_vocab) {
    std::vector<llama_model_kv_override> overrides;
    for (const llama_model_kv_override * given = params.kv_overrides; given && given->key[0]; given++) {
        overrides.push_back(*given);
    }
    llama_model_kv_override kind{};
    kind.tag = LLAMA_KV_OVERRIDE_TYPE_STR;
    snprintf(kind.key, sizeof(kind.key), "tokenizer.ggml.model");
    snprintf(kind.val_str, sizeof(kind.val_str), "no_vocab");
    llama_model_kv_override size{};
    size.tag = LLAMA_KV_OVERRIDE_TYPE_INT;
    snprintf(size.key, sizeof(size.key), "%s.vocab_size", architecture);
    size.val_i64 = n_vocab;
    overrides.insert(overrides.end(), { kind, size, llama_model_kv_override{} });
    return overrides;
}

// Weights stay in the file where the device computes from memory that it is given, and gets it as it is.
bool is_mappable(ggml_backend_buffer_type_t type, ggml_backend_dev_t device) {
    ggml_backend_dev_props props;
    ggml_backend_dev_get_props(device, &props);
    return props.caps.buffer_from_host_ptr && type == ggml_backend_dev_buffer_type(device);
}

}  // namespace

int32_t qwen4j_memory_needed(struct qwen4j_error * error, const char ** paths, int32_t n_paths, const struct llama_model_params * model_params,
    const struct llama_context_params * context_params, const char * architecture, int32_t n_vocab, struct qwen4j_memory * out, int32_t capacity) {
    return guarded(error, [&]() -> int32_t {
        GuardFrame::current()->quiet();
        auto               overrides = without_vocabulary(*model_params, architecture, n_vocab);
        llama_model_params simulated = *model_params;
        simulated.no_alloc           = true;
        simulated.load_mode          = LLAMA_LOAD_MODE_NONE;
        simulated.check_tensors      = false;
        simulated.progress_callback  = nullptr;
        simulated.kv_overrides       = overrides.data();

        std::unique_ptr<llama_model, decltype(&llama_model_free)> model(
            n_paths == 1 ? llama_model_load_from_file(paths[0], simulated) : llama_model_load_from_splits(paths, (size_t) n_paths, simulated),
            llama_model_free);
        if (!model) {
            fail(error, 0, "llama.cpp did not measure the model");
            return -1;
        }
        std::unique_ptr<llama_context, decltype(&llama_free)> context(llama_init_from_model(model.get(), *context_params), llama_free);
        if (!context) {
            fail(error, 0, "llama.cpp did not measure the context");
            return -1;
        }
        int32_t n = 0;
        for (const auto & [type, bytes] : llama_get_memory_breakdown(context.get())) {
            if (n == capacity) {
                break;
            }
            qwen4j_memory entry{};
            ggml_backend_dev_t device = ggml_backend_buft_get_device(type);
            entry.host                = ggml_backend_buft_is_host(type) || !device;
            if (!device) {  // ggml-cpu's own types name none
                device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
            }
            entry.mappable = is_mappable(type, device);
            entry.model    = (int64_t) bytes.model;
            entry.context  = (int64_t) bytes.context;
            entry.compute  = (int64_t) bytes.compute;
            snprintf(entry.device, sizeof(entry.device), "%s", ggml_backend_dev_name(device));
            out[n++] = entry;
        }
        return n;
    });
}
