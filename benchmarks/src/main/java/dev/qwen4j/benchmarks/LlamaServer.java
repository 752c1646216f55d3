package dev.qwen4j.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A llama-server on a free port of this machine, and the client that asks it, in this process; for any thread. */
final class LlamaServer implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration ANSWER = Duration.ofMinutes(10);
    private static final int LAST_LINES = 20;

    private final List<String> command;
    private final Process process;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(threads)
            .build();
    private final Queue<ServerTimings> timings = new ConcurrentLinkedQueue<>();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    /**
     * Starts one, and waits until it listens.
     *
     * @param slots how many requests it computes at once
     * @param tokensEach how many tokens each slot has room for
     * @param unified whether all slots share one pool of cells
     */
    LlamaServer(Settings settings, Path file, int slots, int tokensEach, boolean unified) {
        command = List.of(
                settings.programs().resolve("llama-server").toString(),
                "-m",
                file.toString(),
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "-np",
                Integer.toString(slots),
                "-c",
                Integer.toString(slots * tokensEach),
                unified ? "--kv-unified" : "--no-kv-unified",
                "-t",
                Integer.toString(settings.threads()),
                "-b",
                Integer.toString(LlamaBench.BATCH),
                "-ub",
                Integer.toString(LlamaBench.MICRO_BATCH),
                "--no-webui");
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::read);
        try {
            port.get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close();
            throw failure("did not start", e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw failure("was not waited for", e);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader()) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                var matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    port.complete(Integer.parseInt(matcher.group(1)));
                }
                synchronized (lastLines) {
                    lastLines.addLast(line);
                    if (lastLines.size() > LAST_LINES) {
                        lastLines.removeFirst();
                    }
                }
            }
        } catch (IOException e) {
            // It was stopped.
        }
        port.completeExceptionally(new IOException("it ended"));
    }

    String commandLine() {
        return String.join(" ", command);
    }

    /**
     * Waits for an answer of exactly so many tokens; sampled as the engine samples.
     *
     * @throws IllegalStateException if the server fails, or answers with fewer
     */
    ServerTimings answer(int[] prompt, int tokens) {
        var body = """
                {"prompt": [%s], "n_predict": %d, "ignore_eos": true, "seed": %d, "stream": false, "cache_prompt": true,
                 "samplers": ["top_k", "top_p", "temperature"], "top_k": 20, "top_p": 0.8, "temperature": 0.7}
                """.formatted(
                        Arrays.stream(prompt).mapToObj(Integer::toString).collect(Collectors.joining(",")),
                        tokens,
                        EngineSide.SEED);
        var answered = ServerTimings.of(post("/completion", body));
        if (answered.generatedTokens() != tokens) {
            throw new IllegalStateException("llama-server generated " + answered.generatedTokens() + " tokens of "
                    + tokens + " (" + commandLine() + ").");
        }
        timings.add(answered);
        return answered;
    }

    /** Those of all answers since this was asked last. */
    List<ServerTimings> takeTimings() {
        var taken = new ArrayList<ServerTimings>();
        for (var next = timings.poll(); next != null; next = timings.poll()) {
            taken.add(next);
        }
        return taken;
    }

    private String post(String path, String body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.join() + path))
                .header("Content-Type", "application/json")
                .timeout(ANSWER)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw failure("did not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("was not waited for", e);
        }
        if (response.statusCode() != 200) {
            throw failure(
                    "answered " + response.statusCode() + ": " + response.body(), new IOException("no completion"));
        }
        return response.body();
    }

    private IllegalStateException failure(String what, Exception cause) {
        String last;
        synchronized (lastLines) {
            last = String.join("\n", lastLines);
        }
        return new IllegalStateException(
                "llama-server " + what + " (" + commandLine() + "). Its last lines:\n" + last, cause);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        client.shutdownNow();
        threads.shutdownNow();
    }
}
