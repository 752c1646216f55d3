// The end of the process: exit() destroys llama.cpp's statics while Java's threads are still inside native calls. So calls are counted, and
// exit() first cancels them and waits.
#pragma once

namespace qwen4j {

// Counts a call in; false when the process is ending, and then the call must not be made.
bool enter_call();
void leave_call();

// Read by every abort and progress callback.
bool exiting();

}  // namespace qwen4j
