package dev.qwen4j.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Has something done a thousand times, and looks at how much the process grows between the hundredth time and the last. */
public final class ResidentMemory {
    private static final int WARM = 100;
    private static final int ALL = 1000;
    private static final long MOST_KIB = 4 * 1024;

    /** What is done again and again. */
    public interface Cycle {
        /** Once more; {@code i} counts from 0. */
        void run(int i) throws Exception;
    }

    private ResidentMemory() {}

    /** Prints by how much it grew; an AssertionError if that is more than 4 MiB. */
    public static void watch(String name, Cycle cycle) throws Exception {
        long warm = 0;
        for (int i = 0; i < ALL; i++) {
            cycle.run(i);
            if (i + 1 == WARM) {
                warm = kib();
            }
        }
        long grown = kib() - warm;
        System.out.printf("[memory] %,d %s: %,d KiB after %d, %,d KiB more after all%n", ALL, name, warm, WARM, grown);
        if (grown > MOST_KIB) {
            throw new AssertionError(ALL - WARM + " " + name + " have made the process " + grown + " KiB larger.");
        }
    }

    /** How much memory the process has now. */
    public static long kib() {
        System.gc();
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
