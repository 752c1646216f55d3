package dev.qwen4j.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How Linux schedules a thread.
 *
 * @param number as {@code sched_setscheduler} has it; -1 where it is not known, as on other systems
 */
record SchedulingPolicy(int number) {
    private static final Path SELF = Path.of("/proc/thread-self/stat");

    /** Behind the name of the program, which is in parentheses and may hold anything: proc(5) calls it the 41st field, and the next one the third. */
    private static final int FIELD = 41 - 3;

    private static final int OTHER = 0;
    private static final int UNKNOWN = -1;

    static SchedulingPolicy ofThisThread() {
        return of(SELF);
    }

    /** What a thread's stat file says. */
    static SchedulingPolicy of(Path stat) {
        try {
            var text = Files.readString(stat);
            var fields = text.substring(text.lastIndexOf(')') + 1).strip().split(" ", -1);
            return new SchedulingPolicy(fields.length > FIELD ? Integer.parseInt(fields[FIELD]) : UNKNOWN);
        } catch (IOException | NumberFormatException _) {
            return new SchedulingPolicy(UNKNOWN);
        }
    }

    /** Whether it is the one that threads have if nothing else is asked for. */
    boolean isOrdinary() {
        return number == OTHER;
    }
}
