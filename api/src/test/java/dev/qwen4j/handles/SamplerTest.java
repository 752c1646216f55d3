package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Candidates;
import dev.qwen4j.Context;
import dev.qwen4j.CustomSampler;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingException;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.grammar.Grammar;
import dev.qwen4j.grammar.GrammarTriggers;
import dev.qwen4j.nano.Nano;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final int STEPS = 40;

    private static Model model;
    private static Context context;

    @BeforeAll
    static void load() {
        model = Model.load(Nano.file());
        context = model.newContext(options -> options.length(256).threads(1));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @BeforeEach
    void decode() {
        context.clear();
        context.decode(model.tokenizer().encodeTrusted("<|im_start|>user\n", false));
    }

    @Test
    void samplesWhatItsStagesSelectFromTheSameLogits() {
        for (var recipe : List.of(
                Sampling.greedy(),
                Sampling.qwen3Thinking().seed(5),
                Sampling.builder().dry(1, 1.5f, 1, 64, List.of()).mirostat(4, 0.1f, 5))) {
            try (var sampler = context.newSampler(recipe);
                    var other = context.newSampler(recipe)) {
                for (int i = 0; i < STEPS; i++) {
                    var candidates = Candidates.of(context.logits());
                    other.apply(candidates);
                    int token = sampler.sample();
                    assertThat(candidates.id(candidates.selected().orElseThrow()))
                            .isEqualTo(token);
                    other.accept(token);
                    context.decode(token);
                }
            }
            decode();
        }
    }

    @Test
    void aCopyGoesOnAsTheOriginalDoesAndIsItsOwn() {
        var letters = Grammar.parse("root ::= [a-z ]+");
        for (var recipe : List.of(
                Sampling.qwen3Thinking().seed(3),
                Sampling.builder()
                        .penalties(16, 1.5f, 0.1f, 0.1f)
                        .xtc(0.5f, 0.01f, 3)
                        .draw(3),
                Sampling.builder().dry(2, 1.5f, 1, 64, List.of("\n")).mirostatV2(5, 0.1f, 3),
                Sampling.builder().grammar(letters).temperature(2).draw(3),
                Sampling.builder().custom("count", Counting::new).draw(3))) {
            try (var original = context.newSampler(recipe)) {
                drawn(original, 7);
                var copy = original.copy();
                var expected = drawn(original, STEPS);
                assertThat(drawn(copy, STEPS)).as(recipe.toString()).isEqualTo(expected);
                original.reset();
                assertThat(copy.stages()).isEqualTo(recipe.stages());
                copy.close();
                drawn(original, 3);
            }
        }
    }

    /** llama.cpp's copy would look at probabilities that it has not. */
    @Test
    void aCopyOfAdaptivePThatWaitsForItsTokenTakesIt() {
        try (var original = context.newSampler(Sampling.builder().adaptiveP(0.3f, 0.5f, 1))) {
            var candidates = Candidates.of(context.logits());
            original.apply(candidates);
            int token = candidates.id(candidates.selected().orElseThrow());
            var copy = original.copy();
            copy.accept(token);
            original.accept(token);
            assertThat(drawn(copy, 3)).hasSize(3);
        }
    }

    @Test
    void losesAStage() {
        int best = best();
        var recipe = Sampling.builder()
                .logitBias(Map.of(best, Float.NEGATIVE_INFINITY))
                .temperature(0.5f)
                .greedy();
        try (var sampler = context.newSampler(recipe)) {
            assertThat(sampler.names()).containsExactly("logit-bias", "temp", "greedy");
            assertThat(sampler.sample()).isNotEqualTo(best);
            sampler.remove(0);
            assertThat(sampler.names()).containsExactly("temp", "greedy");
            assertThat(sampler.stages())
                    .containsExactly(new SamplingStage.Temperature(0.5f), new SamplingStage.Greedy());
            assertThat(sampler.sample()).isEqualTo(best);
            sampler.remove(1);
            assertThatThrownBy(sampler::sample)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("picks was removed");
            var candidates = Candidates.of(new int[] {1, 2}, new float[] {1, 2});
            sampler.apply(candidates);
            assertThat(candidates.selected()).isEmpty();
            assertThat(candidates.logit(1)).isEqualTo(4);
        }
    }

    @Test
    void losesTheRightOneOfSeveralStagesInJava() {
        var first = new ArrayList<Integer>();
        var second = new ArrayList<Integer>();
        try (var sampler = context.newSampler(Sampling.builder()
                .custom("first", () -> recording(first))
                .topK(5)
                .custom("second", () -> recording(second))
                .greedy())) {
            assertThat(sampler.names()).containsExactly("first", "top-k", "second", "greedy");
            sampler.remove(0);
            try (var copy = sampler.copy()) {
                copy.sample();
            }
            assertThat(first).isEmpty();
            assertThat(second).hasSize(1);
        }
    }

    @Test
    void tellsItsSeedAndItsCost() {
        try (var sampler = context.newSampler(Sampling.qwen3Thinking().seed(0xFFFF_FFFEL));
                var greedy = context.newSampler(Sampling.greedy())) {
            assertThat(sampler.seed()).hasValue(0xFFFF_FFFEL);
            assertThat(greedy.seed()).isEmpty();
            drawn(sampler, 5);
            assertThat(sampler.timings().tokens()).isEqualTo(5);
            assertThat(sampler.timings().time()).isPositive();
        }
    }

    @Test
    void looksBackOnAPromptWithoutBindingAGrammarToIt() {
        int best = best();
        try (var sampler = context.newSampler(Sampling.builder()
                .penalties(64, 1, 0, 1000)
                .grammar(Grammar.parse("root ::= [^\\x00]+"))
                .greedy())) {
            sampler.acceptPrompt(best, model.tokenizer().endOfTurn().orElseThrow());
            assertThat(sampler.sample()).isNotEqualTo(best);
        }
    }

    @Test
    void generatesOnlyWhatIsInAGrammar() {
        var grammar = Grammar.ofJsonSchema(
                "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[\"x\",\"y\"]},\"b\":{\"type\":\"boolean\"}},\"required\":[\"a\",\"b\"]}");
        var texts = new ArrayList<String>();
        for (int seed = 0; seed < 10; seed++) {
            decode();
            try (var sampler = context.newSampler(
                    Sampling.builder().grammar(grammar).temperature(1.5f).draw(seed))) {
                texts.add(generated(sampler));
            }
        }
        assertThat(texts)
                .allMatch(text ->
                        text.matches("\\{\\s*\"a\"\\s*:\\s*\"[xy]\"\\s*,\\s*\"b\"\\s*:\\s*(true|false)\\s*\\}"));
        assertThat(texts.stream().distinct().count()).isGreaterThan(1);
    }

    @Test
    void aLazyGrammarSleepsUntilItsTriggerComes() {
        var digits = Grammar.parse("root ::= \"#\" [0-9]+");
        for (var triggers : List.of(
                GrammarTriggers.words("#"),
                GrammarTriggers.patterns("^[\\s\\S]*?(#)"),
                GrammarTriggers.tokens(model.tokenizer().encode("#")[0]))) {
            try (var sampler = context.newSampler(
                    Sampling.builder().lazyGrammar(digits, triggers).draw(1))) {
                accept(sampler, "anything at all, é too ");
                accept(sampler, "#");
                assertThatThrownBy(() -> accept(sampler, "x")).isInstanceOf(SamplingException.class);
                accept(sampler, "42");
                assertThat(model.tokenizer().decode(sampler.sample())).matches("[0-9]+|");
                sampler.reset();
                accept(sampler, "x");
            }
        }
    }

    @Test
    void aSamplerInJavaPicks() {
        CustomSampler third = candidates -> {
            candidates.sort();
            candidates.truncate(3);
            candidates.select(2);
        };
        try (var sampler = context.newSampler(Sampling.builder().customPick("third", () -> third));
                var ordered = context.newSampler(Sampling.builder().topK(3).draw(0))) {
            var candidates = Candidates.of(context.logits());
            ordered.apply(candidates);
            assertThat(sampler.sample()).isEqualTo(candidates.id(2));
        }
    }

    private static final class Counting implements CustomSampler {
        private int count;

        @Override
        public void apply(Candidates candidates) {
            int banned = count % candidates.size();
            candidates.logit(banned, Float.NEGATIVE_INFINITY);
        }

        @Override
        public void accept(int token) {
            count += token;
        }

        @Override
        public void reset() {
            count = 0;
        }

        @Override
        public CustomSampler copy() {
            var copy = new Counting();
            copy.count = count;
            return copy;
        }
    }

    private static CustomSampler recording(List<Integer> sizes) {
        return candidates -> sizes.add(candidates.size());
    }

    private static String generated(Sampler sampler) {
        var tokens = new ArrayList<Integer>();
        for (int token = sampler.sample(); !model.tokenizer().isEndOfGeneration(token); token = sampler.sample()) {
            tokens.add(token);
            context.decode(token);
        }
        return model.tokenizer()
                .decode(tokens.stream().mapToInt(Integer::intValue).toArray());
    }

    private static void accept(Sampler sampler, String text) {
        for (int token : model.tokenizer().encode(text)) {
            sampler.accept(token);
        }
    }

    private static int best() {
        var logits = context.logits();
        return IntStream.range(0, logits.length)
                .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                .orElseThrow();
    }

    private static List<Integer> drawn(Sampler sampler, int count) {
        return IntStream.range(0, count).mapToObj(i -> sampler.sample()).toList();
    }
}
