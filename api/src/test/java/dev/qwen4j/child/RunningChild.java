package dev.qwen4j.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A child JVM that runs. Closing it kills it. For one thread. */
public final class RunningChild implements AutoCloseable {
    private final Process process;
    private final Output stdout;
    private final Output stderr;
    private final Writer stdin;
    private final long deadline;

    RunningChild(Process process, Duration timeout) {
        this.process = process;
        this.stdout = Output.of(process.inputReader());
        this.stderr = Output.of(process.errorReader());
        this.stdin = process.outputWriter();
        this.deadline = System.nanoTime() + timeout.toNanos();
    }

    /** The process. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Waits until a text is part of its standard output; an AssertionError if it ends before, or runs out of time. */
    public void awaitOutput(String text) {
        if (!stdout.await(text, left())) {
            throw new AssertionError("The child JVM did not print \"" + text + "\". " + kill());
        }
    }

    /** Waits for the next line of its standard output; empty if it ends before, or does not write one in time. */
    public Optional<String> nextLine(Duration most) {
        return stdout.nextLine(Math.min(most.toNanos(), left()));
    }

    /** Writes a line to its standard input; nothing happens if it has ended. */
    public void writeLine(String line) {
        try {
            stdin.write(line + "\n");
            stdin.flush();
        } catch (IOException e) {
            // It has ended: what reads its output will see that.
        }
    }

    /** Sends a signal, named as kill does: INT, TERM. */
    public void signal(String name) {
        try {
            int status = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new AssertionError("kill -" + name + " ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Kills it as kill -9 does, and waits for its end. */
    public ChildResult kill() {
        process.destroyForcibly();
        return result();
    }

    /** Ends its standard input and waits for its end; an AssertionError with all output if that does not come in time. */
    public ChildResult await() {
        try {
            stdin.close();
        } catch (IOException e) {
            // It has ended, or reads nothing.
        }
        try {
            if (!process.waitFor(left(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("The child JVM did not end in time and was killed. " + kill());
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return result();
    }

    private ChildResult result() {
        return new ChildResult(process.onExit().join().exitValue(), stdout.all(), stderr.all());
    }

    private long left() {
        return Math.max(0, deadline - System.nanoTime());
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
