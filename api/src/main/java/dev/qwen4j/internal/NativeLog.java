package dev.qwen4j.internal;

import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.qwen4j_log_entry;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What llama.cpp logs, handed to SLF4J under the name {@code dev.qwen4j.llama}.
 *
 * <p>llama.cpp's threads put lines into a bounded queue in C; Java's threads take them out after their calls. There is no thread and no callback that
 * could keep a class loader alive. What is logged depends on SLF4J's level when the first model is loaded; of two class loaders either may get a line.
 * Safe for use by any thread.
 */
final class NativeLog {
    private static final Logger LLAMA = LoggerFactory.getLogger("dev.qwen4j.llama");
    private static final Logger LOG = LoggerFactory.getLogger(NativeLog.class);
    private static final ReentrantLock DRAINING = new ReentrantLock();
    private static final MemorySegment PENDING =
            Pointers.sized(LlamaCpp.qwen4j_log_pending(), ValueLayout.JAVA_INT.byteSize(), Arena.global());

    private static final VarHandle WAITING = ValueLayout.JAVA_INT.varHandle();

    static {
        LlamaCpp.qwen4j_log_level(lowestLevel());
    }

    private NativeLog() {}

    /** Has the queue filled from now on; the class initialiser does it. */
    static void start() {}

    /** Logs what is waiting; costs a memory read if nothing is. Logging's own exceptions are swallowed: they must not fail a native call. */
    static void drain() {
        // Whoever drains already takes ours out too; it looks again after its last line.
        while ((int) WAITING.getAcquire(PENDING, 0L) > 0 && !DRAINING.isHeldByCurrentThread() && DRAINING.tryLock()) {
            try (var arena = Arena.ofConfined()) {
                var entry = qwen4j_log_entry.allocate(arena);
                while (LlamaCpp.qwen4j_log_take(entry) != 0) {
                    log(entry);
                }
            } catch (OutOfMemoryError e) {
                // The lines wait for the next call.
                return;
            } finally {
                DRAINING.unlock();
            }
        }
    }

    private static void log(MemorySegment entry) {
        try {
            long dropped = qwen4j_log_entry.dropped(entry);
            if (dropped > 0) {
                LOG.warn(
                        "{} lines of llama.cpp's log were lost, because they came faster than they were taken.",
                        dropped);
            }
            var text = StandardCharsets.UTF_8
                    .decode(qwen4j_log_entry
                            .text(entry)
                            .asSlice(0, qwen4j_log_entry.length(entry))
                            .asByteBuffer())
                    .toString();
            int level = qwen4j_log_entry.level(entry);
            if (level == LlamaCpp.GGML_LOG_LEVEL_ERROR()) {
                LLAMA.error(text);
            } else if (level == LlamaCpp.GGML_LOG_LEVEL_WARN()) {
                LLAMA.warn(text);
            } else if (level == LlamaCpp.GGML_LOG_LEVEL_INFO()) {
                // What llama.cpp calls information, some hundred lines a model, is detail to an application.
                LLAMA.debug(text);
            } else {
                LLAMA.trace(text);
            }
        } catch (Throwable e) {
            // An appender that throws, be it an error: there is nowhere left to say so, and the native call is done.
        }
    }

    private static int lowestLevel() {
        if (LLAMA.isTraceEnabled()) {
            return LlamaCpp.GGML_LOG_LEVEL_DEBUG();
        }
        return LLAMA.isDebugEnabled() ? LlamaCpp.GGML_LOG_LEVEL_INFO() : LlamaCpp.GGML_LOG_LEVEL_WARN();
    }
}
