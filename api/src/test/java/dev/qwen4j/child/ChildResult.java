package dev.qwen4j.child;

/**
 * How a child JVM ended.
 *
 * @param exitCode its own, or 128 and the number of the signal that ended it
 * @param stdout all of its standard output
 * @param stderr all of its standard error
 */
public record ChildResult(int exitCode, String stdout, String stderr) {
    /** Itself, if the exit code is 0; an AssertionError with all output if not. */
    public ChildResult succeeded() {
        if (exitCode != 0) {
            throw new AssertionError("The child JVM failed. " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return "Exit code %d\n--- standard output\n%s\n--- standard error\n%s".formatted(exitCode, stdout, stderr);
    }
}
