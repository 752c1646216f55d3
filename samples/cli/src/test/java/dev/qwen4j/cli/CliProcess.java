package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The jar that users get, run by the Java of this test in a process and a working directory of its own. */
final class CliProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final Path folder;
    private final StreamText out;
    private final StreamText err;

    private CliProcess(List<String> command, Path folder) {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("NO_COLOR");
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.folder = folder;
        out = new StreamText("standard output", process.getInputStream());
        err = new StreamText("standard error", process.getErrorStream());
    }

    /** Starts it with pipes as its standard streams. */
    static CliProcess start(Path folder, String... arguments) {
        return new CliProcess(command(List.of(), arguments), folder);
    }

    /** The same with an option for the JVM. */
    static CliProcess startWith(String jvmOption, Path folder, String... arguments) {
        return new CliProcess(command(List.of(jvmOption), arguments), folder);
    }

    /** Starts it on a terminal of 80 columns, whose screen is {@link #out} and whose keys are {@link #type}. */
    static CliProcess startOnTerminal(Path folder, String... arguments) {
        var quoted = String.join(
                " ",
                command(List.of(), arguments).stream()
                        .map(word -> "'" + word + "'")
                        .toList());
        return new CliProcess(List.of("script", "-qec", "stty cols 80 rows 24; exec " + quoted, "/dev/null"), folder);
    }

    /** Starts another command in the same manner. */
    static CliProcess startCommand(Path folder, String... command) {
        return new CliProcess(List.of(command), folder);
    }

    /** Runs it to its end without any input. */
    static CliProcess run(Path folder, String... arguments) {
        return start(folder, arguments).endInput().awaitEnd();
    }

    private static List<String> command(List<String> jvmOptions, String... arguments) {
        // Children of a shell's background job, as a build may be, inherit that SIGINT is ignored.
        var command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", System.getProperty("cli.jar")));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Writes to its standard input. */
    CliProcess type(String text) {
        try {
            var input = process.getOutputStream();
            input.write(text.getBytes(StandardCharsets.UTF_8));
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(dump(), e);
        }
        return this;
    }

    /** Ends its standard input. */
    CliProcess endInput() {
        try {
            process.getOutputStream().close();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops reading its standard output. */
    void closeOutput() throws IOException {
        process.getInputStream().close();
    }

    /** Sends a signal, as in "INT". */
    CliProcess signal(String name) throws IOException, InterruptedException {
        assertThat(kill(name)).as("kill -%s, %s", name, dump()).isZero();
        return this;
    }

    private int kill(String name) throws IOException, InterruptedException {
        return new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    /** Sends a signal as often as a person who presses Ctrl-C would: two that come before the first is delivered are one to the kernel. */
    CliProcess signalUntilEnded(String name, long seconds) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        do {
            kill(name);
        } while (!process.waitFor(100, TimeUnit.MILLISECONDS) && System.nanoTime() < deadline);
        return this;
    }

    /** Waits for its end; fails after a minute. */
    CliProcess awaitEnd() {
        return awaitEnd(PATIENCE_SECONDS);
    }

    /** Waits for its end; fails after so many seconds. */
    CliProcess awaitEnd(long seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                fail("It did not end within %d s. %s", seconds, dump());
            }
            out.awaitEnd();
            err.awaitEnd();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return this;
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Standard output so far. */
    String out() {
        return out.text();
    }

    /** Standard error so far. */
    String err() {
        return err.text();
    }

    /** Waits until standard output has a text behind what was waited for before. */
    CliProcess awaitOut(String text) {
        out.await(text, PATIENCE_SECONDS, this::dump);
        return this;
    }

    /** Waits until standard error has a text behind what was waited for before. */
    CliProcess awaitErr(String text) {
        err.await(text, PATIENCE_SECONDS, this::dump);
        return this;
    }

    /** Fails if it crashed: then the JVM leaves a file. */
    CliProcess assertNoCrash() {
        try (var files = Files.list(folder)) {
            assertThat(files).as(dump()).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private String dump() {
        return "Standard output:\n" + out() + "\nStandard error:\n" + err();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
