// How many native objects live, counted where they are made and freed.
#pragma once

#include <atomic>
#include <cstdint>

namespace qwen4j {

struct Live {
    std::atomic<int32_t> models{ 0 };
    std::atomic<int32_t> contexts{ 0 };
    std::atomic<int32_t> samplers{ 0 };
    std::atomic<int32_t> chats{ 0 };
    std::atomic<int32_t> threadpools{ 0 };
};

extern Live live;

}  // namespace qwen4j
