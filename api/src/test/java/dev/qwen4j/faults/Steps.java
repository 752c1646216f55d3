package dev.qwen4j.faults;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls that {@link FaultyClasses} mark, and throws instead of one of them. For one thing at a time, on any thread. */
public final class Steps {
    private static final AtomicInteger LEFT = new AtomicInteger();

    private static volatile boolean armed;
    private static volatile String last = "";

    private Steps() {}

    /** The n-th call from now on, counted from 1, throws; once. */
    static void arm(int n) {
        LEFT.set(n);
        armed = true;
    }

    /** No call throws any more; whether none did. */
    static boolean disarm() {
        boolean unused = armed;
        armed = false;
        return unused;
    }

    /** Where the last fault was. */
    static String last() {
        return last;
    }

    /** Before every marked call. */
    public static void step(String place) {
        if (armed) {
            take(place);
        }
    }

    private static void take(String place) {
        if (LEFT.decrementAndGet() == 0) {
            armed = false;
            last = place;
            throw new InjectedFault(place);
        }
    }

    /** As the virtual machine's own errors: no handler for exceptions of the program expects it. */
    static final class InjectedFault extends Error {
        private static final long serialVersionUID = 1;

        InjectedFault(String place) {
            super(place);
        }
    }
}
