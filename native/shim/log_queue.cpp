// What llama.cpp logs, as whole lines in a bounded queue. Java takes them out between its calls: a callback into Java from any of ggml's threads
// could outlive the class loader that it belongs to.
#include "log_queue.h"

#include "guard.h"

#include "log.h" // common's
#include "mtmd-helper.h"
#include "mtmd.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>

namespace qwen4j {

namespace {

constexpr size_t QUEUE_LIMIT = 1024;

struct Line {
    int32_t     level;
    std::string text;
};

std::mutex           mutex;
std::deque<Line> &   queue = *new std::deque<Line>();  // never destroyed: threads may log while the process ends
int64_t              dropped = 0;
std::atomic<int32_t> pending{ 0 };
std::atomic<int32_t> threshold{ GGML_LOG_LEVEL_WARN };

static_assert(sizeof(std::atomic<int32_t>) == sizeof(int32_t), "Java reads it as an int");

void enqueue(int32_t level, std::string text) {
    std::lock_guard<std::mutex> lock(mutex);
    if (queue.size() == QUEUE_LIMIT) {
        // The latest lines are worth more: they are nearer to what is being looked for.
        queue.pop_front();
        dropped++;
    }
    queue.push_back({ level, std::move(text) });
    pending.store((int32_t) queue.size());
}

// llama.cpp logs in fragments: a line ends at its newline, and CONT continues the line before it.
void on_log(ggml_log_level level, const char * text, void *) {
    thread_local std::string line;
    thread_local int32_t     line_level = GGML_LOG_LEVEL_INFO;

    if (level != GGML_LOG_LEVEL_CONT && level != GGML_LOG_LEVEL_NONE) {
        line_level = level;
    }
    if (GuardFrame * frame = GuardFrame::current(); frame && line_level >= GGML_LOG_LEVEL_WARN) {
        frame->log(text, strlen(text));
        if (frame->is_hushed()) {
            line_level = GGML_LOG_LEVEL_DEBUG;
        }
    }
    if (line_level < threshold.load(std::memory_order_relaxed)) {
        return;
    }
    for (const char * c = text; *c; c++) {
        if (*c != '\n') {
            line += *c;
        } else if (!line.empty()) {
            enqueue(line_level, std::move(line));
            line.clear();
        }
    }
    if (line.size() >= QWEN4J_LOG_TEXT_SIZE) {
        enqueue(line_level, std::move(line));
        line.clear();
    }
}

}  // namespace

void log_line(ggml_log_level level, const std::string & text) {
    on_log(level, (text + "\n").c_str(), nullptr);
}

void install_log() {
    llama_log_set(on_log, nullptr);
    mtmd_log_set(on_log, nullptr);
    mtmd_helper_log_set(on_log, nullptr);
    common_log_set_verbosity_thold(-1);
}

}  // namespace qwen4j

using namespace qwen4j;

const int32_t * qwen4j_log_pending(void) {
    return reinterpret_cast<const int32_t *>(&pending);
}

int32_t qwen4j_log_take(struct qwen4j_log_entry * out) {
    std::lock_guard<std::mutex> lock(mutex);
    if (queue.empty()) {
        return 0;
    }
    const Line & line = queue.front();
    out->level        = line.level;
    out->length       = (int32_t) std::min(line.text.size(), sizeof(out->text));
    out->dropped      = dropped;
    memcpy(out->text, line.text.data(), out->length);
    dropped = 0;
    queue.pop_front();
    pending.store((int32_t) queue.size());
    return 1;
}

void qwen4j_log_level(int32_t level) {
    int32_t current = threshold.load();
    while (level < current && !threshold.compare_exchange_weak(current, level)) {
    }
}
