#include "shutdown.h"

#include "guard.h"

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <unistd.h>

namespace qwen4j {

namespace {

// System.exit must end within two seconds, on a busy machine too; the JVM itself waits up to 0.3 s for native threads before it calls exit().
constexpr auto PATIENCE = std::chrono::milliseconds(800);

std::atomic<bool> ending{ false };
std::atomic<int>  calls{ 0 };

void on_exit_(int status, void *) {
    if (ending.exchange(true)) {
        return;
    }
    const auto deadline = std::chrono::steady_clock::now() + PATIENCE;
    while (calls.load() > 0) {
        if (std::chrono::steady_clock::now() > deadline) {
            // Whatever still runs would meet destroyed objects.
            _exit(status);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

#if !defined(__GLIBC__)
void at_exit() {
    on_exit_(EXIT_FAILURE, nullptr);
}
#endif

}  // namespace

bool enter_call() {
    calls.fetch_add(1);
    if (ending.load()) {
        calls.fetch_sub(1);
        return false;
    }
    return true;
}

void leave_call() {
    calls.fetch_sub(1);
}

bool exiting() {
    return ending.load(std::memory_order_relaxed);
}

// exit() works backwards through handlers and static destructors. The handler is registered again after each function's first call, so that it
// runs before the destructors of statics which that call created.
void watch_exit() {
#if defined(__GLIBC__)
    on_exit(on_exit_, nullptr);
#else
    atexit(at_exit);
#endif
}

}  // namespace qwen4j
