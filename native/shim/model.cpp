#include "guard.h"
#include "live.h"
#include "model_files.h"
#include "shutdown.h"

#include "ggml-backend.h"

#include <cstring>
#include <regex>
#include <string>
#include <utility>
#include <vector>

using namespace qwen4j;

// llama-model.h's, which has no other way to a model's tensors.
const std::vector<std::pair<std::string, ggml_tensor *>> & llama_internal_get_tensor_map(const llama_model * model);

namespace {

struct Progress {
    llama_progress_callback callback;
    void *                  user_data;
};

// Loading stops when the process ends, whether or not the caller watches the progress.
bool on_progress(float fraction, void * user_data) {
    static const bool watched = (watch_exit(), true);  // the first load is still going on, but its backends exist
    (void) watched;
    const auto * progress = static_cast<Progress *>(user_data);
    if (exiting()) {
        return false;
    }
    return progress->callback == nullptr || progress->callback(fraction, progress->user_data);
}

}  // namespace

struct llama_model * qwen4j_model_load(struct qwen4j_error * error, const char ** paths, int32_t n_paths, const struct llama_model_params * params) {
    return guarded(error, [&]() -> llama_model * {
        Progress           progress{ params->progress_callback, params->progress_callback_user_data };
        llama_model_params ours          = *params;
        ours.progress_callback           = on_progress;
        ours.progress_callback_user_data = &progress;
        auto          files              = std::make_unique<MappedFiles>();
        llama_model * model              = nullptr;
        {
            MappedFiles::Collecting collecting(*files);
            model = n_paths == 1 ? llama_model_load_from_file(paths[0], ours) : llama_model_load_from_splits(paths, (size_t) n_paths, ours);
        }
        if (!intact(*files, error)) {
            llama_model_free(model);
            return nullptr;
        }
        if (!model) {
            fail(error, 0, "llama.cpp did not load the file");
            return nullptr;
        }
        keep_files(model, std::move(files));
        live.models++;
        return model;
    });
}

void qwen4j_model_free(struct qwen4j_error * error, struct llama_model * model) {
    guarded(error, [&] {
        if (model) {
            const auto files = forget_files(model);
            live.models--;
            llama_model_free(model);
        }
    });
}

void qwen4j_model_check_files(struct qwen4j_error * error, const struct llama_model * model) {
    guarded(error, [&] { files_intact(model, error); });
}

char * qwen4j_model_tensors(struct qwen4j_error * error, const struct llama_model * model) {
    return guarded(error, [&]() -> char * {
        std::string table;
        for (const auto & [name, tensor] : llama_internal_get_tensor_map(model)) {
            table += name + "\t" + std::to_string(tensor->type) + "\t" + std::to_string(ggml_nbytes(tensor));
            for (int i = 0; i < ggml_n_dims(tensor); i++) {
                table += "\t" + std::to_string(tensor->ne[i]);
            }
            table += "\n";
        }
        char * copy = strdup(table.c_str());
        if (!copy) {
            throw std::bad_alloc();
        }
        return copy;
    });
}

void qwen4j_tensor_pattern_check(struct qwen4j_error * error, const char * pattern) {
    guarded(error, [&] { std::regex compiled(pattern); });
}

ggml_backend_buffer_type_t qwen4j_buffer_type(struct qwen4j_error * error, const char * name) {
    return guarded(error, [&]() -> ggml_backend_buffer_type_t {
        for (size_t i = 0; i < ggml_backend_dev_count(); i++) {
            const ggml_backend_buffer_type_t type = ggml_backend_dev_buffer_type(ggml_backend_dev_get(i));
            if (type && strcmp(ggml_backend_buft_name(type), name) == 0) {
                return type;
            }
        }
        fail(error, 0, "no device has a buffer type of that name");
        return nullptr;
    });
}
