package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Candidates;
import dev.qwen4j.ConcurrentUseException;
import dev.qwen4j.Context;
import dev.qwen4j.CustomSampler;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingException;
import dev.qwen4j.SamplingException.Kind;
import dev.qwen4j.grammar.Grammar;
import dev.qwen4j.grammar.GrammarException;
import dev.qwen4j.grammar.GrammarTriggers;
import dev.qwen4j.nano.Nano;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a caller does to a sampler: an exception that says what, and a sampler that goes on. */
class BadSamplerTest {
    private static Model model;
    private static Context context;

    @BeforeAll
    static void load() {
        model = Model.load(Nano.file());
        context = model.newContext(options -> options.length(256).threads(1));
        context.decode(model.tokenizer().encodeTrusted("<|im_start|>user\n", false));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @AfterEach
    void theContextGoesOn() {
        try (var sampler = context.newSampler(Sampling.greedy())) {
            assertThat(sampler.sample()).isNotNegative();
        }
    }

    @Test
    void aSamplerInJavaThatThrowsIsTheCause() {
        for (Throwable thrown :
                List.of(new IllegalStateException("mine"), new StackOverflowError(), new AssertionError())) {
            try (var sampler = custom(candidates -> rethrow(thrown))) {
                assertThatThrownBy(sampler::sample)
                        .isInstanceOfSatisfying(
                                SamplingException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.CUSTOM))
                        .hasCause(thrown);
                assertThatThrownBy(() -> sampler.apply(some())).hasCause(thrown);
            }
        }
    }

    @Test
    void whatASamplerInJavaThrowsElsewhereIsTheCauseToo() {
        var thrown = new IllegalArgumentException("mine");
        var throwing = new CustomSampler() {
            @Override
            public void apply(Candidates candidates) {}

            @Override
            public void accept(int token) {
                throw thrown;
            }

            @Override
            public void reset() {
                throw thrown;
            }

            @Override
            public CustomSampler copy() {
                throw thrown;
            }
        };
        try (var sampler = custom(throwing)) {
            assertThatThrownBy(sampler::sample)
                    .isInstanceOf(SamplingException.class)
                    .hasCause(thrown);
            assertThatThrownBy(() -> sampler.accept(1)).hasCause(thrown);
            assertThatThrownBy(() -> sampler.acceptPrompt(1)).hasCause(thrown);
            assertThatThrownBy(sampler::reset).hasCause(thrown);
            assertThatThrownBy(sampler::copy).isSameAs(thrown);
        }
    }

    @Test
    void aSamplerInJavaCannotLeaveNaN() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            try (var sampler = custom(candidates -> candidates.logit(0, wrong))) {
                assertThatThrownBy(sampler::sample)
                        .isInstanceOf(SamplingException.class)
                        .rootCause()
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("The logit of candidate 0 is " + wrong);
            }
        }
        try (var sampler = custom(candidates -> candidates.truncate(0))) {
            assertThatThrownBy(sampler::sample).hasRootCauseInstanceOf(IllegalArgumentException.class);
        }
        try (var sampler = custom(candidates -> candidates.select(candidates.size()))) {
            assertThatThrownBy(sampler::sample).hasRootCauseInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void aSamplerInJavaMustSelectAToken() {
        CustomSampler idle = candidates -> {};
        try (var sampler = context.newSampler(Sampling.builder().customPick("idle", () -> idle))) {
            assertFails(
                    sampler::sample,
                    Kind.CUSTOM,
                    "no stage selected one of the " + model.tokenizer().size());
        }
        CustomSampler banning = candidates -> {
            for (int i = 0; i < candidates.size(); i++) {
                candidates.logit(i, Float.NEGATIVE_INFINITY);
            }
            candidates.select(0);
        };
        try (var sampler = context.newSampler(Sampling.builder().customPick("banning", () -> banning))) {
            assertFails(sampler::sample, Kind.NO_CANDIDATE, "candidates are banned");
        }
    }

    @Test
    void aSamplerInJavaCannotUseItsOwnSamplerOrContextAndMayCloseThem() {
        var self = new AtomicReference<Sampler>();
        try (var sampler = custom(candidates -> self.get().sample())) {
            self.set(sampler);
            assertThatThrownBy(sampler::sample).hasCauseInstanceOf(ConcurrentUseException.class);
        }
        try (var sampler = custom(candidates -> context.decode(1))) {
            assertThatThrownBy(sampler::sample).hasCauseInstanceOf(ConcurrentUseException.class);
        }
        var closing = custom(candidates -> self.get().close());
        self.set(closing);
        closing.sample();
        assertThatThrownBy(closing::sample).isInstanceOf(IllegalStateException.class);
        var ended = model.newContext(options -> options.length(256).threads(1));
        ended.decode(1);
        var last = ended.newSampler(Sampling.builder()
                .custom("closes", () -> candidates -> ended.close())
                .greedy());
        last.sample();
        assertThatThrownBy(ended::position).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTokenThatAGrammarRefusesChangesNothing() {
        var grammar = Grammar.parse("root ::= \"ab\" \"c\"");
        try (var sampler = context.newSampler(
                Sampling.builder().penalties(8, 2, 1, 1).grammar(grammar).greedy())) {
            int end = model.tokenizer().endOfTurn().orElseThrow();
            assertFails(() -> accept(sampler, "x"), Kind.REFUSED, "does not allow token");
            assertFails(() -> sampler.accept(end), Kind.REFUSED, "does not allow token " + end);
            accept(sampler, "ab");
            assertFails(() -> sampler.accept(end), Kind.REFUSED, "does not allow token " + end);
            assertThat(model.tokenizer().decode(sampler.sample())).isEqualTo("c");
            assertFails(() -> accept(sampler, "c"), Kind.REFUSED, "does not allow token");
            sampler.accept(end);
        }
    }

    @Test
    void aTriggerWhoseTextIsNotInTheGrammarChangesNothing() {
        var grammar = Grammar.parse("root ::= \"#\" [0-9]+");
        try (var sampler = context.newSampler(Sampling.builder()
                .lazyGrammar(grammar, GrammarTriggers.patterns("(#[a-z])", "(#[0-9])"))
                .greedy())) {
            accept(sampler, "see #");
            assertFails(() -> accept(sampler, "q"), Kind.REFUSED, "the text from there on is not in the grammar");
            accept(sampler, "4");
            assertFails(() -> accept(sampler, " "), Kind.REFUSED, "does not allow token");
        }
    }

    @Test
    void candidatesOfWhichAllAreBannedAreRefused() {
        var grammar = Grammar.parse("root ::= \"\\U0001F535\"");
        try (var sampler =
                context.newSampler(Sampling.builder().topK(1).grammar(grammar).greedy())) {
            assertFails(sampler::sample, Kind.NO_CANDIDATE, "all 1 candidates are banned");
        }
        for (var recipe : List.of(
                Sampling.greedy(), Sampling.qwen3Thinking(), Sampling.builder().mirostat(5, 0.1f, 1))) {
            try (var sampler = context.newSampler(recipe)) {
                var banned =
                        Candidates.of(new int[] {1, 2}, new float[] {Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY});
                assertFails(() -> sampler.apply(banned), Kind.NO_CANDIDATE, "banned");
            }
        }
    }

    @Test
    void numbersTooExtremeAreRefusedAndNotSampledFrom() {
        try (var sampler = context.newSampler(
                Sampling.builder().temperature(Float.MIN_VALUE).draw(1))) {
            assertFails(sampler::sample, Kind.NOT_A_NUMBER, "no numbers after the last stage");
        }
        try (var sampler = context.newSampler(Sampling.builder()
                .penalties(8, 1, -Float.MAX_VALUE, 0)
                .typical(0.9f)
                .draw(1))) {
            sampler.acceptPrompt(1, 1, 1);
            assertFails(sampler::sample, Kind.NOT_A_NUMBER, "no numbers after the last stage");
        }
    }

    @Test
    void candidatesAreChecked() {
        refused(() -> Candidates.of(new float[0]), "0 tokens");
        refused(() -> Candidates.of(new int[] {1}, new float[] {1, 2}), "1 tokens and 2 logits");
        refused(() -> Candidates.of(new float[] {1, Float.NaN}), "The logit of candidate 1 is NaN");
        refused(() -> Candidates.of(new float[] {Float.POSITIVE_INFINITY}), "candidate 0 is Infinity");
        int size = model.tokenizer().size();
        try (var sampler = context.newSampler(Sampling.greedy())) {
            for (int id : new int[] {-1, size, Integer.MAX_VALUE}) {
                refused(() -> sampler.apply(Candidates.of(new int[] {id}, new float[] {1})), "Token " + id);
                refused(() -> sampler.accept(id), "Token " + id);
                refused(() -> sampler.acceptPrompt(1, id), "Token " + id);
            }
            assertThatThrownBy(() -> sampler.remove(1)).isInstanceOf(IllegalArgumentException.class);
            refused(() -> sampler.sample(-1), "Token -1 is not in the last batch");
        }
    }

    @Test
    void recipesThatDoNotSuitTheVocabularyAreRefused() {
        int size = model.tokenizer().size();
        refused(
                () -> context.newSampler(Sampling.builder()
                        .temperature(1)
                        .logitBias(Map.of(size, 1f))
                        .greedy()),
                "Token " + size);
        refused(
                () -> context.newSampler(Sampling.builder()
                        .lazyGrammar(Grammar.parse("root ::= \"a\""), GrammarTriggers.tokens(size))
                        .greedy()),
                "Token " + size);
        for (var grammar : List.of("root ::= <[" + size + "]>", "root ::= <no such token>")) {
            assertThatThrownBy(() -> context.newSampler(
                            Sampling.builder().grammar(Grammar.parse(grammar)).greedy()))
                    .isInstanceOf(GrammarException.class)
                    .hasMessageContaining("Line 1, column 10");
        }
        refused(() -> Sampling.builder().infill().greedy(), "put a TopK of at most 4096 before it");
        try (var sampler =
                context.newSampler(Sampling.builder().topK(8).infill().greedy())) {
            refused(() -> sampler.remove(0), "put a TopK");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[a", "\\", "(?<x>a)", "*"})
    void aTriggerThatIsNoRegularExpressionIsRefused(String pattern) {
        refused(
                () -> context.newSampler(Sampling.builder()
                        .lazyGrammar(Grammar.parse("root ::= \"a\""), GrammarTriggers.patterns("fine", pattern))
                        .greedy()),
                "trigger pattern 1, " + pattern + ", is no regular expression");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a*)*b", "a**", "(?:a|a)*b", "(a?)+", "a{1,99}", "(a)\\1", "a*b*c*", "((a|b)c)*", ""})
    void aTriggerThatCouldTakeWithoutEndIsRefused(String pattern) {
        assertThatThrownBy(() -> GrammarTriggers.patterns(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trigger pattern");
        refused(() -> GrammarTriggers.patterns("a".repeat(501)), "501 characters");
        refused(() -> GrammarTriggers.words("a", ""), "Trigger word 1 is empty");
        refused(() -> GrammarTriggers.tokens(-1), "-1");
    }

    private static Sampler custom(CustomSampler custom) {
        return context.newSampler(
                Sampling.builder().custom("custom", () -> custom).greedy());
    }

    private static Candidates some() {
        return Candidates.of(new int[] {1, 2}, new float[] {1, 2});
    }

    private static void rethrow(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) e;
    }

    private static void accept(Sampler sampler, String text) {
        for (int token : model.tokenizer().encode(text)) {
            sampler.accept(token);
        }
    }

    private static void assertFails(ThrowingCallable call, Kind kind, String words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SamplingException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(words);
    }

    private static void refused(ThrowingCallable call, String words) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(words);
    }
}
