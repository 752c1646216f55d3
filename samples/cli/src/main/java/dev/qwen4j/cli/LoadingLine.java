package dev.qwen4j.cli;

import dev.qwen4j.LoadProgress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How far a load is, for loads that take more than a second, if standard error is a terminal. */
final class LoadingLine implements LoadProgress, AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final @Nullable Path file;
    private final long start = System.nanoTime();
    private @Nullable Boolean terminal;
    private int shown = -1;

    LoadingLine(@Nullable Path file) {
        this.file = file;
    }

    @Override
    public boolean onProgress(double fraction) {
        int percent = (int) (fraction * 100);
        if (percent != shown && System.nanoTime() - start > PATIENCE_NANOS && isTerminal()) {
            System.err.print("\rLoading " + file + ": " + percent + " %");
            System.err.flush();
            shown = percent;
        }
        return true;
    }

    /** Wipes the line. */
    @Override
    public void close() {
        if (shown >= 0) {
            System.err.print("\r\u001b[K");
            System.err.flush();
        }
    }

    private boolean isTerminal() {
        if (terminal == null) {
            terminal = Streams.isErrorTerminal();
        }
        return terminal;
    }
}
