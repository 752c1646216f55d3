package dev.qwen4j.cli;

import java.util.concurrent.atomic.AtomicBoolean;

/** What Ctrl-C means: the first stops the answer, a second one before the next line ends the program. Safe for use by any thread. */
final class Interrupts {
    private final Runnable stop;
    private final Runnable end;
    private final AtomicBoolean pressed = new AtomicBoolean();

    Interrupts(Runnable stop, Runnable end) {
        this.stop = stop;
        this.end = end;
    }

    /** Ctrl-C was pressed. */
    void press() {
        if (pressed.getAndSet(true)) {
            end.run();
        } else {
            stop.run();
        }
    }

    /** Whether it was pressed since the last line. */
    boolean pressed() {
        return pressed.get();
    }

    /** A line was typed. */
    void reset() {
        pressed.set(false);
    }
}
