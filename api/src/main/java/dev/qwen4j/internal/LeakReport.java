package dev.qwen4j.internal;

import java.lang.ref.Cleaner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says, through SLF4J, that a handle became unreachable without having been closed, and where it was opened. Frees nothing. Safe for use by any thread. */
public final class LeakReport {
    private static final Logger LOG = LoggerFactory.getLogger(LeakReport.class);
    private static final Cleaner LEAKS = Cleaner.create();

    private final Report report;

    /** Of a handle that is opened here and now. */
    public LeakReport(String name) {
        report = new Report(name, new Throwable("opened here"));
    }

    /** Reports this handle, once it is unreachable. */
    public void watch(Object handle) {
        LEAKS.register(handle, report);
    }

    /** The handle is closed. */
    public void silence() {
        report.silent = true;
    }

    /** Must not refer to the handle: it would keep it reachable. */
    private static final class Report implements Runnable {
        private final String name;
        private final Throwable opened;
        private volatile boolean silent;

        Report(String name, Throwable opened) {
            this.name = name;
            this.opened = opened;
        }

        @Override
        public void run() {
            if (!silent) {
                LOG.warn(
                        "A {} was never closed; its native memory is kept until its owner is closed, or the process ends. Use try-with-resources.",
                        name,
                        opened);
            }
        }
    }
}
