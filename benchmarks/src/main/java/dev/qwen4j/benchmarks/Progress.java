package dev.qwen4j.benchmarks;

/** A line of ten dots on standard error for each measurement. */
final class Progress {
    private static final int DOTS = 10;

    /** Begins one. */
    void begin(String what) {
        System.err.print(what + " ");
    }

    /** Says how much of it is done, in steps of one. */
    void at(int done, int all) {
        int dots = done * DOTS / all - (done - 1) * DOTS / all;
        System.err.print(".".repeat(dots));
    }

    /** Ends it. */
    void end() {
        System.err.println();
    }
}
