// What this process computes with.
#include "backends.h"
#include "guard.h"

#include "ggml-backend.h"

#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>

using namespace qwen4j;

namespace {

template <size_t SIZE> void put(char (&to)[SIZE], const char * text) {
    snprintf(to, SIZE, "%s", text ? text : "");
}

char * copy_of(const std::string & text) {
    char * copy = strdup(text.c_str());
    if (!copy) {
        throw std::bad_alloc();
    }
    return copy;
}

}  // namespace

int32_t qwen4j_devices(struct qwen4j_error * error, struct qwen4j_device * out, int32_t capacity) {
    return guarded(error, [&]() -> int32_t {
        int32_t n = 0;
        for (size_t i = 0; i < ggml_backend_dev_count() && n < capacity; i++) {
            const ggml_backend_dev_t device = ggml_backend_dev_get(i);
            ggml_backend_dev_props   props{};
            ggml_backend_dev_get_props(device, &props);
            qwen4j_device entry{};
            put(entry.name, props.name);
            put(entry.description, props.description);
            put(entry.id, props.device_id);
            put(entry.backend, ggml_backend_reg_name(ggml_backend_dev_backend_reg(device)));
            const ggml_backend_buffer_type_t type = ggml_backend_dev_buffer_type(device);
            put(entry.buffer_type, type ? ggml_backend_buft_name(type) : nullptr);
            entry.type                 = props.type;
            entry.memory_free          = (int64_t) props.memory_free;
            entry.memory_total         = (int64_t) props.memory_total;
            entry.async                = props.caps.async;
            entry.host_buffer          = props.caps.host_buffer;
            entry.buffer_from_host_ptr = props.caps.buffer_from_host_ptr;
            entry.events               = props.caps.events;
            entry.mmap_support         = props.caps.mmap_support;
            out[n++]                   = entry;
        }
        return n;
    });
}

char * qwen4j_features(struct qwen4j_error * error) {
    return guarded(error, [&]() -> char * {
        std::string text;
        for (size_t i = 0; i < ggml_backend_reg_count(); i++) {
            const ggml_backend_reg_t reg = ggml_backend_reg_get(i);
            const auto               get = reinterpret_cast<ggml_backend_get_features_t>(
                ggml_backend_reg_get_proc_address(reg, "ggml_backend_get_features"));
            for (const ggml_backend_feature * feature = get ? get(reg) : nullptr; feature && feature->name; feature++) {
                text += std::string(ggml_backend_reg_name(reg)) + "\t" + feature->name + "\t" + feature->value + "\n";
            }
        }
        return copy_of(text);
    });
}

char * qwen4j_rejected_backends(struct qwen4j_error * error) {
    return guarded(error, [&]() -> char * {
        std::string text;
        for (const RejectedBackend & backend : rejected_backends()) {
            text += backend.path + "\t" + backend.reason + "\n";
        }
        return copy_of(text);
    });
}

char * qwen4j_system_info(struct qwen4j_error * error) {
    static std::mutex mutex;  // llama.cpp returns one static text
    return guarded(error, [&]() -> char * {
        std::lock_guard<std::mutex> lock(mutex);
        return copy_of(llama_print_system_info());
    });
}

bool qwen4j_numa_init(struct qwen4j_error * error, int32_t strategy) {
    static std::mutex mutex;
    static bool       done = false;
    return guarded(error, [&] {
        std::lock_guard<std::mutex> lock(mutex);
        if (done) {
            return false;  // ggml would only say so, on standard error
        }
        llama_numa_init((ggml_numa_strategy) strategy);
        done = true;
        return true;
    });
}
