// The guard: see qwen4j.h for what it promises.
#pragma once

#include "qwen4j.h"

#include <exception>
#include <new>
#include <type_traits>

namespace qwen4j {

// What a failed assert throws. Not a std::exception: llama.cpp catches those itself, logs, and returns null.
struct AssertionTrip {};

// One guarded call on this thread. Frames nest when a callback of a guarded call makes another one.
class GuardFrame {
  public:
    explicit GuardFrame(qwen4j_error * error);
    ~GuardFrame();
    GuardFrame(const GuardFrame &) = delete;
    GuardFrame & operator=(const GuardFrame &) = delete;

    static GuardFrame * current();

    bool entered() const { return entered_; }
    // llama.cpp has a few catch-all handlers: a stored text without an exception is still that assert.
    bool tripped() const { return error_->status == QWEN4J_STATUS_ASSERTION; }

    void assertion(const char * text);
    void exception(const char * what);
    void log(const char * text, size_t length);

    // The call is ending because it was told to: what llama.cpp logs of that is no error.
    void cancelled() { cancelled_ = true; }
    // The call only tries something out: what llama.cpp logs of it is for debugging.
    void quiet() { quiet_ = true; }
    bool is_hushed() const { return cancelled_ || quiet_; }

  private:
    bool           cancelled_ = false;
    bool           quiet_     = false;
    qwen4j_error * error_;
    GuardFrame *   outer_;
    bool           entered_;
};

void install_abort_callback();
void fail(qwen4j_error * error, int32_t code, const char * format, ...) __attribute__((format(printf, 3, 4)));

// Has exit() cancel running calls before it destroys the statics that exist so far (shutdown.h).
void watch_exit();

template <typename Body> auto guarded(qwen4j_error * error, Body && body) -> decltype(body()) {
    using Result = decltype(body());
    GuardFrame frame(error);
    if (frame.entered()) {
        try {
            // A body has a type of its own: after each function's first call its statics exist, and the exit handler must run before their destructors.
            if constexpr (std::is_void_v<Result>) {
                body();
                static const bool watched = (watch_exit(), true);
                (void) watched;
                return;
            } else {
                Result result = body();
                static const bool watched = (watch_exit(), true);
                (void) watched;
                if (!frame.tripped()) {
                    return result;
                }
            }
        } catch (const AssertionTrip &) {
            // told by the frame
        } catch (const std::exception & e) {
            frame.exception(e.what());
        } catch (...) {
            frame.exception("an exception of an unknown type");
        }
    }
    if constexpr (std::is_void_v<Result>) {
        return;
    } else if constexpr (std::is_pointer_v<Result>) {
        return nullptr;
    } else if constexpr (std::is_same_v<Result, bool>) {
        return false;
    } else {
        return static_cast<Result>(-1);
    }
}

}  // namespace qwen4j
