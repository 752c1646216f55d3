package dev.qwen4j.benchmarks;

import java.util.function.DoubleSupplier;

/**
 * One of the two that are compared.
 *
 * @param commandLine what to type to see it alone
 * @param measure does the work once and gives the figure
 */
record Side(String commandLine, DoubleSupplier measure) {
    static Side inThisProcess(DoubleSupplier measure) {
        return new Side(ProcessHandle.current().info().commandLine().orElse("java"), measure);
    }
}
