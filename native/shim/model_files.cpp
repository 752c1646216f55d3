#include "model_files.h"

#include "guard.h"

#include <cstdio>
#include <map>
#include <mutex>
#include <shared_mutex>

namespace qwen4j {

namespace {

std::shared_mutex mutex;

// Never destroyed: a decode may go on while the process ends.
auto & files_of = *new std::map<const llama_model *, std::unique_ptr<MappedFiles>>();

}  // namespace

bool intact(const MappedFiles & files, qwen4j_error * error) {
    const MappedFiles::State state = files.state();
    if (state == MappedFiles::State::INTACT) {
        return true;
    }
    error->status = QWEN4J_STATUS_FILE_CHANGED;
    snprintf(error->message, sizeof(error->message), "%s",
        state == MappedFiles::State::SHORTENED ? "cut short, or cannot be read any more" : "changed");
    return false;
}

bool files_intact(const llama_model * model, qwen4j_error * error) {
    std::shared_lock<std::shared_mutex> lock(mutex);
    const auto                          found = files_of.find(model);
    return found == files_of.end() || intact(*found->second, error);
}

void keep_files(const llama_model * model, std::unique_ptr<MappedFiles> files) {
    std::unique_lock<std::shared_mutex> lock(mutex);
    files_of[model] = std::move(files);
}

std::unique_ptr<MappedFiles> forget_files(const llama_model * model) {
    std::unique_lock<std::shared_mutex> lock(mutex);
    const auto                          found = files_of.find(model);
    if (found == files_of.end()) {
        return nullptr;
    }
    auto files = std::move(found->second);
    files_of.erase(found);
    return files;
}

}  // namespace qwen4j
