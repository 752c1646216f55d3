package dev.qwen4j.internal;

import dev.qwen4j.LoadProgress;
import dev.qwen4j.bindings.generated.llama_progress_callback;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes llama.cpp's progress on to Java. An exception that left an upcall would end the JVM, so it is kept, and the load told to stop. */
public final class LoadListener {
    private final LoadProgress progress;
    private @Nullable Throwable thrown;
    private boolean stopped;

    /** A listener that asks {@code progress}. */
    public LoadListener(LoadProgress progress) {
        this.progress = progress;
    }

    MemorySegment stub(Arena arena) {
        return llama_progress_callback.allocate(this::onProgress, arena);
    }

    private boolean onProgress(float fraction, MemorySegment userData) {
        try {
            NativeLog.drain();
            if (!progress.onProgress(fraction)) {
                stopped = true;
                return false;
            }
            return true;
        } catch (Throwable e) {
            thrown = e;
            return false;
        }
    }

    /** What the listener threw. */
    public Optional<Throwable> thrown() {
        return Optional.ofNullable(thrown);
    }

    /** Whether the listener said to stop. */
    public boolean stopped() {
        return stopped;
    }
}
