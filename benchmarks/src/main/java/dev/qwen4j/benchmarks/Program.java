package dev.qwen4j.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Another program, run to its end. */
final class Program {
    private Program() {}

    /** What it wrote to standard output; what it writes to standard error is told if it fails. */
    static String run(String... command) {
        try {
            var process = new ProcessBuilder(command).start();
            process.getOutputStream().close();
            var errors =
                    CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), Thread::startVirtualThread);
            var output = read(process.getInputStream());
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException(
                        String.join(" ", command) + " ended with status " + status + ":\n" + output + errors.join());
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for " + command[0] + ".", e);
        }
    }

    private static String read(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
