package dev.qwen4j.benchmarks;

import dev.qwen4j.Model;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where it was measured.
 *
 * @param loadAverage of the last minute, before the first measurement; negative where it is unknown
 */
record Machine(String processor, int cores, double loadAverage, String system, String java, String llamaCpp) {
    /** Above it somebody else is computing too: with two threads on two cores, one busy neighbour costs three quarters. */
    private static final double QUIET = 0.5;

    static Machine here() {
        return new Machine(
                processorName(),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                Model.llamaCppVersion());
    }

    boolean isBusy() {
        return loadAverage > QUIET;
    }

    private static String processorName() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
