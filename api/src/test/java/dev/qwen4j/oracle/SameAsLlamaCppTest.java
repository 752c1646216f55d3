package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Batch;
import dev.qwen4j.ChatRequest;
import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.nano.Nano;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Equal to llama.cpp: to a C program over its public header, of the same build, with the same parameters and batch borders. */
class SameAsLlamaCppTest {
    private static final long SEED = 20260101;
    /** On a busy host two threads wait for each other at every operation: one for what is long, two for what is short. */
    private static final int ONE_THREAD = 1;

    private static final int TWO_THREADS = 2;
    private static final int LENGTH = 512;
    private static final int STEPS = 64;
    private static final String PARAMETERS = "threads %d, n_ctx " + LENGTH
            + ", n_batch 2048, n_ubatch 512, KV F16/F16, flash attention auto, prompt in one batch, then single tokens";
    private static final List<String> QUESTIONS = List.of(
            "What is the capital of France?",
            "What is the capital of Japan?",
            "Translate 'house' to German.",
            "Translate 'water' to French.",
            "What is 3 + 4?",
            "What is 9 - 5?",
            "Sort these numbers: 7, 3, 9, 1.",
            "Count from 1 to 5.",
            "Hello!",
            "Guten Tag!",
            "こんにちは",
            "Tell me a short story.",
            "Write a function that adds two numbers.",
            "How many letters are in the word 'cat'?",
            "Reverse the words: red green blue",
            "What is the capital of Italy?",
            "Bonjour",
            "What is the weather like in Oslo?",
            "Extract the name and age as JSON: Anna is 31 years old.",
            "Repeat after me: one two three");

    private static Model model;
    private static Oracle oracle;

    @BeforeAll
    static void load() {
        model = Model.load(Nano.file());
        oracle = new Oracle(Nano.file());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void greedyTokensAndAllTheirLogitsAreEqualAsRawBits() {
        int positions = 0;
        for (int i = 0; i < QUESTIONS.size(); i++) {
            var request = ChatRequest.user(QUESTIONS.get(i)).thinking(i % 2 == 0);
            var prompt = model.tokenizer()
                    .encodeTrusted(model.chatTemplate().render(request).text(), false);
            var theirs =
                    oracle.generate(ONE_THREAD, LENGTH, STEPS, model.tokenizer().size(), prompt);
            var ours = generate(prompt);
            assertThat(text(ours)).as(QUESTIONS.get(i)).isEqualTo(text(theirs));
            assertThat(ours).hasSameSizeAs(theirs).hasSize(STEPS);
            for (int step = 0; step < STEPS; step++) {
                assertSameBits(ours.get(step).logits(), theirs.get(step).logits(), QUESTIONS.get(i) + ", step " + step);
            }
            positions += STEPS;
        }
        report(
                PARAMETERS + ": %d prompts x %d tokens: text identical, logits of %,d positions equal as raw bits",
                ONE_THREAD,
                QUESTIONS.size(),
                STEPS,
                positions);
    }

    @Test
    void logitsOfEveryPositionOfABatchAreEqualAsRawBits() {
        var random = new Random(SEED);
        var tokens = random.ints(200, 0, model.tokenizer().size()).toArray();
        var theirs = oracle.logits(TWO_THREADS, LENGTH, model.tokenizer().size(), tokens);
        try (var context = context(TWO_THREADS)) {
            var batch = new Batch();
            Arrays.stream(tokens).forEach(token -> batch.add(token, true));
            context.decode(batch);
            for (int i = 0; i < tokens.length; i++) {
                assertSameBits(context.logits(i), theirs.get(i), "seed " + SEED + ", position " + i);
            }
            report(
                    PARAMETERS + ": %d random tokens of seed %d in one batch, all logits equal as raw bits",
                    TWO_THREADS,
                    tokens.length,
                    SEED);
        }
    }

    @Test
    void tokensAreEqualWithAndWithoutControlTokens() {
        var random = new Random(SEED);
        var texts = IntStream.range(0, 500).mapToObj(i -> randomText(random)).toList();
        var bytes = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
        var plain = oracle.tokens(bytes, false, false);
        var trusted = oracle.tokens(bytes, true, true);
        for (int i = 0; i < texts.size(); i++) {
            assertThat(model.tokenizer().encode(texts.get(i)))
                    .as("seed %d, text %d", SEED, i)
                    .isEqualTo(plain.get(i));
            assertThat(model.tokenizer().encodeTrusted(texts.get(i), true))
                    .as("seed %d, text %d", SEED, i)
                    .isEqualTo(trusted.get(i));
        }
        report("%d texts: tokens equal, control tokens parsed and not", texts.size());
    }

    private static List<Oracle.Step> generate(int[] prompt) {
        var steps = new ArrayList<Oracle.Step>();
        try (var context = context(ONE_THREAD);
                var sampler = context.newSampler(Sampling.greedy().logitBias(banned()))) {
            context.decode(prompt);
            while (steps.size() < STEPS) {
                var logits = context.logits();
                int token = sampler.sample();
                steps.add(new Oracle.Step(token, logits));
                context.decode(token);
            }
        }
        return steps;
    }

    private static Context context(int threads) {
        return model.newContext(options -> options.length(LENGTH).threads(threads));
    }

    private static Map<Integer, Float> banned() {
        return IntStream.range(0, model.tokenizer().size())
                .filter(model.tokenizer()::isEndOfGeneration)
                .boxed()
                .collect(Collectors.toMap(token -> token, token -> Float.NEGATIVE_INFINITY));
    }

    private static String text(List<Oracle.Step> steps) {
        return model.tokenizer()
                .decodeWithControl(steps.stream().mapToInt(Oracle.Step::token).toArray());
    }

    private static String randomText(Random random) {
        var text = new StringBuilder();
        for (int length = 1 + random.nextInt(60); length > 0; length--) {
            switch (random.nextInt(6)) {
                case 0 -> text.append("<|im_end|>");
                case 1 -> text.appendCodePoint(0x20 + random.nextInt(0x5f));
                case 2 -> text.append(" the");
                case 3 -> text.appendCodePoint(0x1F600 + random.nextInt(80));
                case 4 -> text.append('\u0000');
                default -> text.appendCodePoint(random.nextInt(0xD800));
            }
        }
        return text.toString();
    }

    private static void assertSameBits(float[] ours, float[] theirs, String where) {
        assertThat(ours).as(where).hasSameSizeAs(theirs);
        for (int i = 0; i < ours.length; i++) {
            if (Float.floatToRawIntBits(ours[i]) != Float.floatToRawIntBits(theirs[i])) {
                throw new AssertionError(
                        "%s: logit %d is %s, llama.cpp's is %s".formatted(where, i, ours[i], theirs[i]));
            }
        }
    }

    private static void report(String format, Object... arguments) {
        System.out.printf("[oracle] " + format + "%n", arguments);
    }
}
