package dev.qwen4j.oracle;

import dev.qwen4j.Candidates;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The C program over llama.cpp's public header that results are compared with (native/oracle). */
final class Oracle {
    private final Path program = Path.of(System.getProperty("qwen4j.oracle"));
    private final Path model;

    Oracle(Path model) {
        this.model = model;
        if (!Files.isExecutable(program)) {
            throw new AssertionError("There is no oracle at " + program + "; build it with make.");
        }
    }

    /** A token that was generated, and the logits it was chosen from. */
    static final class Step {
        private final int token;
        private final float[] logits;

        Step(int token, float[] logits) {
            this.token = token;
            this.logits = logits;
        }

        int token() {
            return token;
        }

        float[] logits() {
            return logits;
        }
    }

    /** Prefill in one batch, then greedy tokens with end-of-generation banned. */
    List<Step> generate(int threads, int contextLength, int steps, int vocabulary, int[] prompt) {
        var output = run(
                new byte[0],
                Stream.concat(
                        Stream.of("generate", model, threads, contextLength, steps),
                        Arrays.stream(prompt).boxed()));
        var result = new ArrayList<Step>();
        while (output.hasRemaining()) {
            int token = output.getInt();
            result.add(new Step(token, floats(output, vocabulary)));
        }
        return result;
    }

    /** Prefill in one batch, then the tokens that a chain on the device samples. */
    int[] device(int contextLength, int maxOutputsPerSequence, int steps, int[] prompt, List<String> stages) {
        var output = run(
                new byte[0],
                Stream.of(
                                Stream.of("device", model, contextLength, maxOutputsPerSequence, steps),
                                Arrays.stream(prompt).boxed(),
                                Stream.of("--"),
                                stages.stream())
                        .flatMap(arguments -> arguments));
        var tokens = new int[steps];
        output.asIntBuffer().get(tokens);
        return tokens;
    }

    /** The embeddings of two sequences in one batch: of each token, or, pooled, of each sequence. */
    List<float[]> embed(int pooling, int width, int[] first, int[] second) {
        return rows(
                run(
                        new byte[0],
                        Stream.concat(
                                Stream.of("embed", model, pooling, first.length),
                                IntStream.concat(Arrays.stream(first), Arrays.stream(second))
                                        .boxed())),
                width);
    }

    /** The logits of every position of one batch, which is decoded behind one that is encoded. */
    List<float[]> translate(int vocabulary, int[] encoded, int[] decoded) {
        return rows(
                run(
                        new byte[0],
                        Stream.concat(
                                Stream.of("translate", model, encoded.length),
                                IntStream.concat(Arrays.stream(encoded), Arrays.stream(decoded))
                                        .boxed())),
                vocabulary);
    }

    /** What is left of candidates after a chain. */
    static final class Left {
        private final int selected;
        private final boolean sorted;
        private final int[] ids;
        private final float[] logits;
        private final float[] probabilities;

        Left(ByteBuffer output) {
            int size = output.getInt();
            selected = output.getInt();
            sorted = output.getInt() != 0;
            ids = new int[size];
            logits = new float[size];
            probabilities = new float[size];
            for (int i = 0; i < size; i++) {
                ids[i] = output.getInt();
                logits[i] = output.getFloat();
                probabilities[i] = output.getFloat();
            }
        }

        Left(Candidates candidates) {
            selected = candidates.selected().orElse(-1);
            sorted = candidates.isSorted();
            ids = IntStream.range(0, candidates.size()).map(candidates::id).toArray();
            logits = new float[ids.length];
            probabilities = new float[ids.length];
            for (int i = 0; i < ids.length; i++) {
                logits[i] = candidates.logit(i);
                probabilities[i] = candidates.probability(i);
            }
        }

        int size() {
            return ids.length;
        }

        /** Where they differ by a bit; empty if they do not. */
        Optional<String> difference(Left other) {
            if (selected != other.selected || sorted != other.sorted || ids.length != other.ids.length) {
                return Optional.of(this + " and " + other);
            }
            return IntStream.range(0, ids.length)
                    .filter(i -> ids[i] != other.ids[i]
                            || bits(logits[i]) != bits(other.logits[i])
                            || bits(probabilities[i]) != bits(other.probabilities[i]))
                    .mapToObj(i -> "candidate %d is %s and %s".formatted(i, candidate(i), other.candidate(i)))
                    .findFirst();
        }

        private static int bits(float value) {
            return Float.floatToRawIntBits(value);
        }

        private String candidate(int i) {
            return ids[i] + " " + logits[i] + " " + probabilities[i];
        }

        @Override
        public String toString() {
            return ids.length + " candidates, selected " + selected + ", sorted " + sorted;
        }
    }

    /** What a chain of stages leaves of each row of logits; what it selects is accepted. */
    List<Left> sample(List<float[]> rows, List<String> stages) {
        var input = ByteBuffer.allocate(
                        rows.stream().mapToInt(row -> row.length * Float.BYTES).sum())
                .order(ByteOrder.nativeOrder());
        rows.forEach(row -> {
            for (float logit : row) {
                input.putFloat(logit);
            }
        });
        var output = run(input.array(), Stream.concat(Stream.of("sample", model, rows.size()), stages.stream()));
        var result = new ArrayList<Left>();
        while (output.hasRemaining()) {
            result.add(new Left(output));
        }
        return result;
    }

    /** One batch; the logits of every position. */
    List<float[]> logits(int threads, int contextLength, int vocabulary, int[] tokens) {
        return steps(threads, contextLength, vocabulary, tokens.length, tokens);
    }

    /** The first tokens in one batch, then the others one by one; the logits of every position. */
    List<float[]> steps(int threads, int contextLength, int vocabulary, int batch, int[] tokens) {
        var output = run(
                new byte[0],
                Stream.concat(
                        Stream.of("steps", model, threads, contextLength, batch),
                        Arrays.stream(tokens).boxed()));
        return rows(output, vocabulary);
    }

    private static List<float[]> rows(ByteBuffer output, int width) {
        var rows = new ArrayList<float[]>();
        while (output.hasRemaining()) {
            rows.add(floats(output, width));
        }
        return rows;
    }

    /** The tokens of a text, and its text from them: with (remove_special, unparse_special) = 00, 01, 10, 11. */
    static final class Tokenization {
        private final int[] tokens;
        private final List<byte[]> texts;

        Tokenization(int[] tokens, List<byte[]> texts) {
            this.tokens = tokens;
            this.texts = texts;
        }

        int[] tokens() {
            return tokens;
        }

        byte[] text(boolean removeSpecial, boolean unparseSpecial) {
            return texts.get((removeSpecial ? 2 : 0) + (unparseSpecial ? 1 : 0));
        }
    }

    /** What llama.h says of the vocabulary: type, special tokens, flags, and each token. */
    List<String> vocabulary() {
        return StandardCharsets.US_ASCII
                .decode(run(new byte[0], Stream.of("vocabulary", model)))
                .toString()
                .lines()
                .toList();
    }

    /** The tokens of each text. */
    List<int[]> tokens(List<byte[]> texts, boolean addSpecial, boolean parseSpecial) {
        return tokenizations(texts, addSpecial, parseSpecial).stream()
                .map(Tokenization::tokens)
                .toList();
    }

    /** The tokens of each text, and its text from them. */
    List<Tokenization> tokenizations(List<byte[]> texts, boolean addSpecial, boolean parseSpecial) {
        var input = ByteBuffer.allocate(texts.stream()
                        .mapToInt(text -> text.length + Integer.BYTES)
                        .sum())
                .order(ByteOrder.nativeOrder());
        texts.forEach(text -> input.putInt(text.length).put(text));
        var output = run(input.array(), Stream.of("tokens", model, addSpecial ? 1 : 0, parseSpecial ? 1 : 0));
        var result = new ArrayList<Tokenization>();
        while (output.hasRemaining()) {
            var ids = new int[output.getInt()];
            output.asIntBuffer().get(ids);
            output.position(output.position() + ids.length * Integer.BYTES);
            var back = new ArrayList<byte[]>();
            for (int i = 0; i < 4; i++) {
                var text = new byte[output.getInt()];
                output.get(text);
                back.add(text);
            }
            result.add(new Tokenization(ids, back));
        }
        return result;
    }

    private static float[] floats(ByteBuffer output, int count) {
        var row = new float[count];
        output.asFloatBuffer().get(row);
        output.position(output.position() + count * Float.BYTES);
        return row;
    }

    private ByteBuffer run(byte[] input, Stream<?> arguments) {
        var command = new ArrayList<String>();
        command.add(program.toString());
        arguments.map(Object::toString).forEach(command::add);
        try {
            var process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Thread.ofVirtual().start(() -> feed(process, input));
            byte[] output;
            try (InputStream stream = process.getInputStream()) {
                output = stream.readAllBytes();
            }
            int code = process.waitFor();
            if (code != 0) {
                throw new AssertionError("The oracle ended with " + code + ": " + command);
            }
            return ByteBuffer.wrap(output).order(ByteOrder.nativeOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void feed(Process process, byte[] input) {
        try (var stream = process.getOutputStream()) {
            stream.write(input);
        } catch (IOException e) {
            // It ended before it read everything; its exit code tells.
        }
    }
}
