// Backends that were there and are not used.
#pragma once

#include <string>
#include <vector>

namespace qwen4j {

struct RejectedBackend {
    std::string path;
    std::string reason;
};

// Complete, and unchanged, from the end of qwen4j_init on.
const std::vector<RejectedBackend> & rejected_backends();

}  // namespace qwen4j
