package dev.qwen4j.oracle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** llama.cpp's own server, of the same build, on a free port of this machine. */
final class LlamaServer implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)");

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final int port;

    LlamaServer(Path model) throws IOException {
        var program = Path.of(System.getProperty("qwen4j.oracle")).resolveSibling("llama-server");
        if (!Files.isExecutable(program)) {
            throw new AssertionError("There is no llama-server at " + program + "; build it with make test.");
        }
        process = new ProcessBuilder(List.of(
                        program.toString(),
                        "--model",
                        model.toString(),
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "0",
                        "--jinja",
                        "--ctx-size",
                        "512",
                        "--parallel",
                        "1",
                        "--threads",
                        "1",
                        "--no-webui"))
                .redirectErrorStream(true)
                .start();
        port = awaitPort(process.inputReader());
    }

    private int awaitPort(BufferedReader output) throws IOException {
        var seen = new ArrayList<String>();
        String line;
        while ((line = output.readLine()) != null) {
            seen.add(line);
            var matcher = LISTENING.matcher(line);
            if (matcher.find()) {
                Thread.ofVirtual().start(() -> discard(output));
                return Integer.parseInt(matcher.group(1));
            }
        }
        throw new AssertionError("llama-server did not start:\n" + String.join("\n", seen));
    }

    private static void discard(BufferedReader output) {
        try {
            output.transferTo(Writer.nullWriter());
        } catch (IOException e) {
            // The server has been stopped.
        }
    }

    String post(String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var response = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError(path + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    @Override
    public void close() {
        process.destroy();
        client.close();
    }
}
