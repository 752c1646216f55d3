#pragma once

#include "ggml.h"

#include <string>

namespace qwen4j {

// Routes what llama.cpp, ggml and mtmd log into the queue, and silences common's own logger, which writes to standard output.
void install_log();

// Queues a line of our own.
void log_line(ggml_log_level level, const std::string & text);

}  // namespace qwen4j
