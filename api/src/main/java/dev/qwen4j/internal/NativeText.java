package dev.qwen4j.internal;

import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import java.lang.foreign.MemorySegment;

/** Text that the shim returned, which is the caller's to free. */
final class NativeText {
    private NativeText() {}

    /** Copies and frees it. */
    static String take(Guard guard, MemorySegment text, String doing) {
        guard.check(doing);
        try {
            return Pointers.utf8(text);
        } finally {
            LlamaCpp.qwen4j_text_free(text);
        }
    }
}
