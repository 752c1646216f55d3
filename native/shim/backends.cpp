// The start of a process: which backends are loaded, and from where.
#include "backends.h"

#include "guard.h"
#include "log_queue.h"

#include "ggml-backend.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace qwen4j {

namespace {

constexpr const char * PREFIX    = "libggml-";
constexpr const char * EXTENSION = ".so";  // of loadable modules; macOS has it for them too

using Score = int (*)();

std::vector<RejectedBackend> & rejected = *new std::vector<RejectedBackend>();

void reject(const std::string & path, std::string reason) {
    // The linker's words often begin with the path.
    if (reason.rfind(path + ": ", 0) == 0) {
        reason.erase(0, path.size() + 2);
    }
    rejected.push_back({ path, reason });
}

struct Candidate {
    std::string path;
    std::string family; // "cpu" of libggml-cpu-haswell.so
    int         score;
    void *      handle;
};

// A module must find the ggml beside it even if somebody offered another one to the whole process (RTLD_GLOBAL, as JNA opens libraries): that one goes
// first otherwise. Without need this is not used, for it goes before a preloaded malloc, too. DynamicLinker.java does the same for the shim.
int open_mode() {
    int mode = RTLD_NOW | RTLD_LOCAL;
#if defined(RTLD_DEEPBIND)
    void * process = dlopen(nullptr, RTLD_LAZY);
    if (process && dlsym(process, "ggml_init")) {
        mode |= RTLD_DEEPBIND;
    }
#endif
    return mode;
}

// Loadable backends come in variants (libggml-cpu-haswell.so, libggml-cpu-x64.so), each with a function that scores it for this machine: 0 is "cannot
// run here". The folder is ours, so only its own files are looked at; ggml's search would go on to the working directory.
std::vector<Candidate> candidates(const std::string & folder) {
    std::vector<Candidate> found;
    const int              mode = open_mode();
    for (const auto & entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (name.rfind(PREFIX, 0) != 0 || entry.path().extension() != EXTENSION) {
            continue;
        }
        const size_t      begin  = std::string(PREFIX).size();
        const std::string family = name.substr(begin, name.find_first_of("-.", begin) - begin);
        if (void * handle = dlopen(entry.path().c_str(), mode)) {
            auto      score_of = reinterpret_cast<Score>(dlsym(handle, "ggml_backend_score"));
            const int score    = score_of ? score_of() : 1;
            if (score > 0) {
                found.push_back({ entry.path().string(), family, score, handle });
            } else {
                dlclose(handle);
                reject(entry.path().string(), "it needs instructions that this processor lacks");
            }
        } else {
            const std::string reason = dlerror();
            log_line(GGML_LOG_LEVEL_WARN, entry.path().string() + " was not loaded: " + reason);
            reject(entry.path().string(), reason);
        }
    }
    std::sort(found.begin(), found.end(), [](const Candidate & a, const Candidate & b) {
        return a.family != b.family ? a.family < b.family : a.score > b.score;
    });
    return found;
}

std::string load_backends(const char * folder, bool allow_backend_path) {
    std::string family;
    for (const Candidate & candidate : candidates(folder)) {
        if (candidate.family == family) {
            reject(candidate.path, "another variant makes better use of this processor");
        } else if (ggml_backend_load(candidate.path.c_str())) {
            family = candidate.family;
        } else {
            reject(candidate.path, "ggml cannot use it: it is of another version, or finds no device");
        }
        dlclose(candidate.handle);  // ggml has opened the chosen one itself, and got it as it is
    }
    if (allow_backend_path) {
        if (const char * path = std::getenv("GGML_BACKEND_PATH")) {
            if (!ggml_backend_load(path)) {
                reject(path, "ggml cannot use it: it does not open, is of another version, or finds no device");
            }
        }
    }
    // llama_backend_init would search the working directory if there were none.
    if (!ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU)) {
        return std::string("no CPU backend for this machine in ") + folder;
    }
    return "";
}

}  // namespace

const std::vector<RejectedBackend> & rejected_backends() {
    return rejected;
}

}  // namespace qwen4j

using namespace qwen4j;

int32_t qwen4j_init(const char * folder, int32_t allow_backend_path, char * error_text, int32_t error_size) {
    static std::mutex  mutex;
    static bool        done = false;
    static std::string failure;

    std::lock_guard<std::mutex> lock(mutex);
    if (!done) {
        done = true;
        install_log();
        install_abort_callback();
        qwen4j_error error;
        guarded(&error, [&] {
            failure = load_backends(folder, allow_backend_path != 0);
            if (failure.empty()) {
                llama_backend_init();
            }
        });
        if (error.status != QWEN4J_STATUS_OK) {
            failure = error.message;
        }
    }
    if (!failure.empty() && error_size > 0) {
        snprintf(error_text, (size_t) error_size, "%s", failure.c_str());
    }
    return failure.empty() ? 0 : -1;
}
