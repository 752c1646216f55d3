package dev.qwen4j.mutation;

import dev.qwen4j.Model;
import dev.qwen4j.Qwen4jException;
import dev.qwen4j.Sampling;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** All that one does with a model at first: load it, tokenise, make a context, decode eight tokens. */
final class Opening {
    static final int TOKENS = 8;
    private static final int LENGTH = 64;
    private static final int PROMPT = 16;
    private static final String TEXT = "Hello world, 12 apples";

    private static final Pattern OPERATOR = Pattern.compile("decode .*ggml/src/ggml(-cpu/|\\.c)");

    private Opening() {}

    /** How an opening ended that did not end the JVM. */
    enum Ending {
        ANSWERED,
        REFUSED,
        /** An operator's assert, which was caught since one thread computed, and would have ended the JVM on another one. */
        CAUGHT,
        /** An exception that the library's documentation does not name. */
        UNTYPED
    }

    /**
     * An ending and what was said.
     *
     * @param spoilt whether threads may be left that spin until the JVM ends
     */
    record Outcome(Ending ending, String words, boolean spoilt) {}

    static Outcome open(Path file, int threads) {
        try {
            return new Outcome(Ending.ANSWERED, answer(file, threads), false);
        } catch (Qwen4jException | IllegalArgumentException | IllegalStateException e) {
            var words = String.valueOf(e.getMessage());
            boolean spoilt = threads > 1 && words.contains("the context is closed");
            boolean inOperator = OPERATOR.matcher(words).find();
            return new Outcome(
                    inOperator ? Ending.CAUGHT : Ending.REFUSED, e.getClass().getSimpleName() + " " + words, spoilt);
        } catch (Throwable e) {
            return new Outcome(Ending.UNTYPED, e + " at " + Arrays.asList(e.getStackTrace()), false);
        }
    }

    /** Goes on after what was refused, as long as there is something to go on with. */
    private static String answer(Path file, int threads) {
        try (var model = Model.load(file)) {
            var refusals = new ArrayList<RuntimeException>();
            var prompt = attempt(refusals, () -> tokenize(model), new int[1]);
            try (var context = model.newContext(
                            options -> options.length(LENGTH).threads(threads).batchThreads(threads));
                    var sampler = context.newSampler(Sampling.greedy())) {
                context.prefill(Arrays.copyOf(prompt, Math.clamp(prompt.length, 1, PROMPT)));
                var decoder = model.tokenizer().newStreamingDecoder();
                var answer = new StringBuilder();
                for (int i = 0; i < TOKENS; i++) {
                    int token = attempt(refusals, sampler::sample, i);
                    attempt(refusals, () -> answer.append(decoder.add(token)), answer);
                    context.decode(token);
                }
                refusals.stream().findFirst().ifPresent(refusal -> {
                    throw refusal;
                });
                return answer.append(decoder.finish()).toString();
            }
        }
    }

    private static int[] tokenize(Model model) {
        model.description();
        model.chatTemplateText();
        var tokenizer = model.tokenizer();
        tokenizer.decodeWithControl(tokenizer.encodeTrusted("<s><|im_start|>" + TEXT, true));
        return tokenizer.encode(TEXT);
    }

    private static <T> T attempt(List<RuntimeException> refusals, Supplier<T> call, T instead) {
        try {
            return call.get();
        } catch (Qwen4jException | IllegalArgumentException e) {
            refusals.add(e);
            return instead;
        }
    }
}
