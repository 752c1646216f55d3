#include "guard.h"

#include "shutdown.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace qwen4j {

namespace {

thread_local GuardFrame * innermost = nullptr;

// Called by ggml on the failing thread; abort() follows if it returns. It returns only on a thread without a guard, such as one of ggml's workers:
// there is nothing to unwind to, and these are the last words of the process.
void on_abort(const char * text) {
    if (GuardFrame * frame = GuardFrame::current()) {
        frame->assertion(text);
        throw AssertionTrip{};
    }
    fprintf(stderr, "%s\n", text);
}

}  // namespace

GuardFrame::GuardFrame(qwen4j_error * error) : error_(error), outer_(innermost), entered_(enter_call()) {
    error->status     = QWEN4J_STATUS_OK;
    error->code       = 0;
    error->message[0] = 0;
    error->log[0]     = 0;
    innermost         = this;
    if (!entered_) {
        error->status = QWEN4J_STATUS_EXITING;
        snprintf(error->message, sizeof(error->message), "the process is ending");
    }
}

GuardFrame::~GuardFrame() {
    innermost = outer_;
    if (entered_) {
        leave_call();
    }
}

GuardFrame * GuardFrame::current() {
    return innermost;
}

void GuardFrame::assertion(const char * text) {
    error_->status = QWEN4J_STATUS_ASSERTION;
    snprintf(error_->message, sizeof(error_->message), "%s", text);
}

void GuardFrame::exception(const char * what) {
    if (tripped()) {
        return;  // the assert came first
    }
    error_->status = QWEN4J_STATUS_EXCEPTION;
    snprintf(error_->message, sizeof(error_->message), "%s", what);
}

// Keeps the end: what is logged last is what explains a failure.
void GuardFrame::log(const char * text, size_t length) {
    const size_t room = sizeof(error_->log) - 1;
    if (length > room) {
        text += length - room;
        length = room;
    }
    const size_t used    = strlen(error_->log);
    const size_t dropped = used + length > room ? used + length - room : 0;
    memmove(error_->log, error_->log + dropped, used - dropped);
    memcpy(error_->log + used - dropped, text, length);
    error_->log[used - dropped + length] = 0;
}

void fail(qwen4j_error * error, int32_t code, const char * format, ...) {
    // A swallowed assert says more than the null it became.
    if (error->status != QWEN4J_STATUS_OK) {
        return;
    }
    error->status = QWEN4J_STATUS_FAILED;
    error->code   = code;
    va_list args;
    va_start(args, format);
    vsnprintf(error->message, sizeof(error->message), format, args);
    va_end(args);
}

void install_abort_callback() {
    ggml_set_abort_callback(on_abort);
}

}  // namespace qwen4j
