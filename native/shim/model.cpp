#include "guard.h"
#include "shutdown.h"

using namespace qwen4j;

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

struct llama_model * qwen4j_model_load(struct qwen4j_error * error, const char * path, const struct llama_model_params * params) {
    return guarded(error, [&] {
        Progress           progress{ params->progress_callback, params->progress_callback_user_data };
        llama_model_params ours           = *params;
        ours.progress_callback            = on_progress;
        ours.progress_callback_user_data  = &progress;
        llama_model * model               = llama_model_load_from_file(path, ours);
        if (!model) {
            fail(error, 0, "llama.cpp did not load the file");
        }
        return model;
    });
}

void qwen4j_model_free(struct qwen4j_error * error, struct llama_model * model) {
    guarded(error, [&] { llama_model_free(model); });
}
