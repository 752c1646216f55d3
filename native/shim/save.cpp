// A model into a file. llama_model_save_to_file is these steps of llama_model_saver without the second and the last: it leaves out what llama.cpp itself
// does not use, the chat template among it, and drops the writer's result.
#include "guard.h"
#include "model_files.h"

#include "ggml-backend.h"
#include "gguf.h"
#include "../src/llama-model-saver.h"  // found from common, as common finds ../src/llama-ext.h

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace qwen4j;

// llama-model.h's, which has no other way to a model's tensors.
const std::vector<std::pair<std::string, ggml_tensor *>> & llama_internal_get_tensor_map(const llama_model * model);

namespace {

// A buffer type that stores weights in an order of its own cannot give them back: its get_tensor is null, and is called.
bool is_reordered(const ggml_tensor * tensor) {
    if (!tensor->buffer) {
        return false;
    }
    const ggml_backend_buffer_type_t type   = ggml_backend_buffer_get_type(tensor->buffer);
    const ggml_backend_dev_t         device = ggml_backend_buft_get_device(type);
    if (!device) {
        return false;
    }
    const auto extra = reinterpret_cast<ggml_backend_dev_get_extra_bufts_t>(
        ggml_backend_reg_get_proc_address(ggml_backend_dev_backend_reg(device), "ggml_backend_dev_get_extra_bufts"));
    ggml_backend_buffer_type_t * types = extra ? extra(device) : nullptr;
    for (; types && *types; types++) {
        if (*types == type) {
            return true;
        }
    }
    return false;
}

void copy_entry(gguf_context * to, const gguf_context * from, int64_t i) {
    const char * key = gguf_get_key(from, i);
    switch (gguf_get_kv_type(from, i)) {
        case GGUF_TYPE_UINT8:   gguf_set_val_u8(to, key, gguf_get_val_u8(from, i)); return;
        case GGUF_TYPE_INT8:    gguf_set_val_i8(to, key, gguf_get_val_i8(from, i)); return;
        case GGUF_TYPE_UINT16:  gguf_set_val_u16(to, key, gguf_get_val_u16(from, i)); return;
        case GGUF_TYPE_INT16:   gguf_set_val_i16(to, key, gguf_get_val_i16(from, i)); return;
        case GGUF_TYPE_UINT32:  gguf_set_val_u32(to, key, gguf_get_val_u32(from, i)); return;
        case GGUF_TYPE_INT32:   gguf_set_val_i32(to, key, gguf_get_val_i32(from, i)); return;
        case GGUF_TYPE_UINT64:  gguf_set_val_u64(to, key, gguf_get_val_u64(from, i)); return;
        case GGUF_TYPE_INT64:   gguf_set_val_i64(to, key, gguf_get_val_i64(from, i)); return;
        case GGUF_TYPE_FLOAT32: gguf_set_val_f32(to, key, gguf_get_val_f32(from, i)); return;
        case GGUF_TYPE_FLOAT64: gguf_set_val_f64(to, key, gguf_get_val_f64(from, i)); return;
        case GGUF_TYPE_BOOL:    gguf_set_val_bool(to, key, gguf_get_val_bool(from, i)); return;
        case GGUF_TYPE_STRING:  gguf_set_val_str(to, key, gguf_get_val_str(from, i)); return;
        case GGUF_TYPE_ARRAY:   break;
        case GGUF_TYPE_COUNT:   return;
    }
    const size_t n = gguf_get_arr_n(from, i);
    if (gguf_get_arr_type(from, i) != GGUF_TYPE_STRING) {
        gguf_set_arr_data(to, key, gguf_get_arr_type(from, i), gguf_get_arr_data(from, i), n);
        return;
    }
    std::vector<const char *> texts(n);
    for (size_t j = 0; j < n; j++) {
        texts[j] = gguf_get_arr_str(from, i, j);
    }
    gguf_set_arr_str(to, key, texts.data(), n);
}

// The parts become one file, and the writer has an alignment of its own.
bool is_of_the_file(const char * key) {
    return strncmp(key, "split.", 6) == 0 || strcmp(key, "general.alignment") == 0;
}

void add_missing(gguf_context * to, const gguf_context * from) {
    for (int64_t i = 0; i < gguf_get_n_kv(from); i++) {
        const char * key = gguf_get_key(from, i);
        if (!is_of_the_file(key) && gguf_find_key(to, key) < 0) {
            copy_entry(to, from, i);
        }
    }
}

}  // namespace

bool qwen4j_model_is_reordered(struct qwen4j_error * error, const struct llama_model * model) {
    return guarded(error, [&] {
        const auto & tensors = llama_internal_get_tensor_map(model);
        return std::any_of(tensors.begin(), tensors.end(), [](const auto & entry) { return is_reordered(entry.second); });
    });
}

void qwen4j_model_save(struct qwen4j_error * error, const struct llama_model * model, const char * metadata_path, const char * path) {
    guarded(error, [&] {
        bool embeds = false;
        for (const auto & [name, tensor] : llama_internal_get_tensor_map(model)) {
            embeds = embeds || name == "token_embd.weight";
            if (!tensor->buffer || is_reordered(tensor)) {
                fail(error, 0, "tensor %s is kept in an order of the CPU's own, from which it cannot be read back", name.c_str());
                return;
            }
        }
        if (!embeds) {
            fail(error, 0, "the model has no token embeddings, which llama.cpp takes for granted when it writes one");
            return;
        }
        std::unique_ptr<gguf_context, decltype(&gguf_free)> metadata(gguf_init_from_file(metadata_path, { true, nullptr }), gguf_free);
        if (!metadata) {
            fail(error, 0, "the metadata of %s cannot be read", metadata_path);
            return;
        }
        llama_model_saver saver(model);
        saver.add_kv_from_model();
        saver.add_tensors_from_model();
        add_missing(saver.gguf_ctx, metadata.get());
        const bool written = gguf_write_to_file(saver.gguf_ctx, path, false);
        if (files_intact(model, error) && !written) {
            fail(error, 0, "not all of it could be written; the disk may be full");
        }
    });
}
