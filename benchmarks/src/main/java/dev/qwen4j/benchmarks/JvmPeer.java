package dev.qwen4j.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole answer of one session of the engine, against one of de.kherud:llama, a binding of llama.cpp with natives of its own, in a JVM of its own.
 */
final class JvmPeer implements Benchmark {
    private static final int PROMPT = 16;
    private static final int ANSWER = 128;
    private static final int ROOM = 512;
    private static final int WARM_UP_PAIRS = 1;
    private static final long SEED = 2;

    @Override
    public String name() {
        return "jvm-peer-1";
    }

    @Override
    public String description() {
        return "engine, 1 session with an answer of " + ANSWER + " tokens, against de.kherud:llama";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var files = new ModelFiles(settings);
        var comparisons = new ArrayList<Comparison>();
        for (var file : List.of(files.smolLm2(), files.smolLm2Q40())) {
            comparisons.add(compare(file, settings, progress));
        }
        return Result.worstOf(
                name(),
                "engine's answered tokens per second / de.kherud:llama's",
                Target.atLeast(1.5),
                comparisons,
                List.of());
    }

    private static Comparison compare(Path file, Settings settings, Progress progress) {
        try (var engine = new EngineSide(file, settings, 1, ROOM);
                var peer = new Peer(settings, file)) {
            var ours = new Prompts(engine.model().tokenizer(), SEED);
            var theirs = new Prompts(engine.model().tokenizer(), SEED);
            return new Pairs(progress)
                    .run(
                            ANSWER + " tokens, " + file.getFileName() + ", threads: " + settings.threads(),
                            "tokens/s",
                            Side.inThisProcess(() -> rate(engine, ours.text(PROMPT))),
                            new Side(peer.commandLine(), () -> peer.rate(theirs.text(PROMPT))),
                            WARM_UP_PAIRS,
                            settings.enginePairs());
        }
    }

    private static double rate(EngineSide engine, String prompt) {
        long start = System.nanoTime();
        try (var session = engine.engine().session().append(prompt)) {
            EngineSide.await(EngineSide.generate(session, ANSWER), ANSWER);
        }
        return ANSWER / ((System.nanoTime() - start) / 1e9);
    }

    /** The other JVM: a line with a prompt goes in, and one with seconds comes out. */
    private static final class Peer implements AutoCloseable {
        /** Before what is for us; its natives print, too. */
        private static final String MARK = "peer: ";

        private static final double FEWEST_PIECES = 0.8;

        private final List<String> command;
        private final Process process;
        private final PrintWriter in;
        private final BufferedReader out;

        Peer(Settings settings, Path file) {
            command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    settings.peerJars() + File.separator + "*",
                    settings.peerSource().toString(),
                    file.toString(),
                    Integer.toString(settings.threads()),
                    Integer.toString(ROOM),
                    Integer.toString(ANSWER));
            try {
                process = new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
            out = process.inputReader(StandardCharsets.UTF_8);
        }

        String commandLine() {
            return String.join(" ", command);
        }

        double rate(String prompt) {
            in.println(prompt);
            var answer = readAnswer().split(" ", 2);
            int pieces = Integer.parseInt(answer[0]);
            // It gives no piece for a token that ends in half a character, and one for the end.
            if (pieces < ANSWER * FEWEST_PIECES || pieces > ANSWER + 1) {
                throw new IllegalStateException("de.kherud:llama gave " + pieces + " pieces of text for " + ANSWER
                        + " tokens (" + commandLine() + ").");
            }
            return ANSWER / Double.parseDouble(answer[1]);
        }

        private String readAnswer() {
            var seen = new StringBuilder();
            try {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    if (line.startsWith(MARK)) {
                        return line.substring(MARK.length());
                    }
                    seen.append(line).append('\n');
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            throw new IllegalStateException(
                    "The JVM of de.kherud:llama ended (" + commandLine() + "). It printed:\n" + seen);
        }

        /** Its JVM does not end by itself. */
        @Override
        public void close() {
            process.destroyForcibly();
            try {
                process.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
