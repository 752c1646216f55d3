package dev.qwen4j.engine;

import dev.qwen4j.ChatRequest;
import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.nano.Nano;
import dev.qwen4j.oracle.TestArchitectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A small model, and what its sessions are made of: nano with chats, or one of an architecture whose cache cannot be cut, with random weights and random
 * tokens.
 *
 * @param openings what many sessions begin with
 * @param phrases what they go on with
 */
record TestModel(String name, Model model, List<int[]> openings, List<int[]> phrases) implements AutoCloseable {
    private static final long SEED = 7;

    /**
     * Standard deviations of weights: large enough for a token that is missing or too many to change what comes next by far more than rounding does, and no
     * larger, or everything would.
     */
    private static final Map<String, Float> DEVIATIONS = Map.of(
            "mamba2", 0.3f, "qwen3next", 0.3f, "qwen35", 0.6f, "granitehybrid", 0.5f, "gemma3", 0.6f, "gpt-oss", 0.3f);

    /** The tokens that random phrases have: few of 128, so that some come again. */
    private static final int FIRST = 50;

    private static final int TOKENS = 40;

    private static final List<String> QUESTIONS = List.of(
            "What is the capital of France?",
            "Hello!",
            "Tell me a story.",
            "What is the capital of Japan?",
            "Write a function that adds two numbers.",
            "Guten Tag!",
            "Who are you?",
            "Translate 'cat' into French.",
            "What is the capital of Italy?",
            "Thank you!");

    static TestModel nano() {
        var model = Model.load(Nano.file());
        var template = model.chatTemplate();
        var phrases = QUESTIONS.stream()
                .map(question -> template.render(ChatRequest.user(question).thinking(false))
                        .tokens())
                .toList();
        var openings = Stream.of("Answer briefly.", "You are a helpful assistant who knows all capitals of the world.")
                .map(system -> template.render(ChatRequest.system(system)
                                .and("user", QUESTIONS.getFirst())
                                .thinking(false))
                        .tokens())
                .toList();
        return new TestModel("nano", model, openings, phrases);
    }

    /** One of an architecture, which is written into a folder first. */
    static TestModel random(Path folder, String architecture) {
        try {
            var own = Files.createDirectories(folder.resolve(architecture));
            var written = TestArchitectures.write(own, "^" + architecture + "$", DEVIATIONS.get(architecture));
            var model = Model.load(written.file(architecture));
            var random = new Random(SEED);
            return new TestModel(architecture, model, randomTokens(random, 3, 90), randomTokens(random, 12, 24));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<int[]> randomTokens(Random random, int count, int most) {
        return IntStream.range(0, count)
                .mapToObj(_ -> random.ints(most / 3 + random.nextInt(most), FIRST, FIRST + TOKENS)
                        .toArray())
                .toList();
    }

    /** A fixed text as its sessions have them: phrases, and what the model says behind them. */
    int[] text(int length) {
        var tokens = new TokenList();
        var random = new Random(SEED);
        try (var context = model.newContext(o -> o.length(length).threads(1));
                var sampler =
                        context.newSampler(Sampling.builder().temperature(1).draw(SEED))) {
            tokens.addAll(openings.getFirst());
            while (tokens.size() < length) {
                tokens.addAll(phrases.get(random.nextInt(phrases.size())));
                generate(context, sampler::sample, tokens, Math.min(length, tokens.size() + 30));
            }
        }
        tokens.truncate(length);
        return tokens.toArray();
    }

    private void generate(Context context, java.util.function.IntSupplier sampler, TokenList tokens, int most) {
        if (tokens.size() >= most) {
            return;
        }
        context.clear();
        context.prefill(tokens.toArray());
        for (int token = sampler.getAsInt();
                tokens.size() < most && !model.tokenizer().isEndOfGeneration(token);
                token = sampler.getAsInt()) {
            tokens.add(token);
            context.decode(token);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
