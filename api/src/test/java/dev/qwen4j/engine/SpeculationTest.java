package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Sampling;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tokens that are guessed. */
class SpeculationTest extends NanoEngine {
    private static TokenList list(int... tokens) {
        var list = new TokenList();
        list.addAll(tokens);
        return list;
    }

    @Test
    void looksUpWhereTheLastTokensCameBefore() {
        var lookup = new PromptLookup();
        assertThat(lookup.draft(list(1, 2, 3, 4, 5, 6, 1, 2, 3), 10).toArray()).containsExactly(4, 5, 6, 1, 2, 3);
        assertThat(lookup.draft(list(1, 2, 3, 4, 5, 6, 1, 2, 3), 2).toArray()).containsExactly(4, 5);
        assertThat(lookup.draft(list(1, 2, 3, 4, 5, 6, 7, 2), 10).toArray()).isEmpty();
        // The latest of equally good places, but rather a longer match.
        assertThat(lookup.draft(list(1, 2, 3, 4, 9, 1, 2, 3, 5, 9, 1, 2, 3), 1).toArray())
                .containsExactly(5);
        assertThat(lookup.draft(list(0, 1, 2, 3, 4, 9, 1, 2, 3, 5, 0, 1, 2, 3), 1)
                        .toArray())
                .containsExactly(4);
        assertThat(lookup.draft(list(1), 1).toArray()).isEmpty();
    }

    @Test
    void draftsAsLongAsTheyPay() {
        var costs = new StepCosts(java.time.Duration.ofMillis(100));
        var good = new Guesses();
        IntStream.range(0, 50).forEach(_ -> good.verified(4, 4));
        var bad = new Guesses();
        IntStream.range(0, 50).forEach(_ -> bad.verified(4, 0));
        assertThat(costs.drafts(1, good, 0, 16)).isZero();
        // Weights that are read once for all: a batch costs little more than a token.
        costs.took(5_000_000, 1);
        costs.took(7_000_000, 8);
        costs.took(10_000_000, 16);
        assertThat(costs.drafts(1, good, 0, 16)).isGreaterThan(6);
        assertThat(costs.drafts(1, bad, 0, 16)).isZero();
        assertThat(costs.drafts(1, good, 3_000_000, 16)).isPositive();
        assertThat(costs.drafts(1, good, 20_000_000, 16)).isZero();
        // Nothing is shared: each token costs as much as alone.
        var dear = new StepCosts(java.time.Duration.ofMillis(100));
        dear.took(5_000_000, 1);
        dear.took(80_000_000, 16);
        assertThat(dear.drafts(1, good, 0, 16)).isZero();
    }

    @Test
    void saysWhatItSaysWithoutGuesses() {
        int[] text = tokens(40);
        var prompt = IntStream.range(0, 5).flatMap(_ -> IntStream.of(text)).toArray();
        try (var plain = engine(o -> o.drafting(Drafting.none()));
                var guessing = engine(o -> o.drafting(Drafting.promptLookup()))) {
            for (var sampling : new Sampling[] {
                Sampling.greedy(), Sampling.qwen3NonThinking().seed(5)
            }) {
                var expected = plain.session()
                        .append(prompt)
                        .generate(o -> o.sampling(sampling).minTokens(60).maxTokens(60))
                        .await();
                var reply = guessing.session()
                        .append(prompt)
                        .generate(o -> o.sampling(sampling).minTokens(60).maxTokens(60))
                        .await();
                assertThat(expected.usage().draftedTokens()).isZero();
                assertThat(reply.usage().acceptedTokens())
                        .isLessThanOrEqualTo(reply.usage().draftedTokens());
                assertThat(reply.tokens()).hasSize(60);
                if (sampling.equals(Sampling.greedy())) {
                    assertThat(reply.usage().draftedTokens()).isPositive();
                    assertSame(prompt, reply.tokens());
                }
            }
        }
    }

    @Test
    void aDraftModelGuessesWhatItWouldSay() {
        int[] prompt = model.tokenizer().encode("Once upon a time there was", true);
        try (var small = dev.qwen4j.Model.load(dev.qwen4j.nano.Nano.file());
                var context = model.newContext(o -> o.length(512).maxSequences(2));
                var drafts = new DraftModels(small, context)) {
            var drafter = drafts.open();
            var expected = alone(prompt, 6);
            assertThat(drafter.draft(list(prompt), 6).toArray()).startsWith(expected.getFirst(), expected.get(1));
            // One was wrong: it goes on from what was said instead.
            int[] other = model.tokenizer().encode("Once upon a time there was a dog", true);
            assertThat(drafter.draft(list(other), 2).toArray())
                    .startsWith(alone(other, 1).getFirst());
            assertThat(drafter.nanosPerToken()).isPositive();
            drafter.close();
            for (int i = 0; i < 5; i++) {
                var next = drafts.open();
                assertThat(next.draft(list(prompt), 1).size()).isEqualTo(1);
                next.close();
            }
            // A long prompt is not computed at once.
            assertThat(drafts.open().draft(list(tokens(300)), 4).size()).isZero();
        }
    }

    @Test
    void generatesWithADraftModel() {
        int[] prompt = model.tokenizer().encode("Once upon a time there was", true);
        try (var small = dev.qwen4j.Model.load(dev.qwen4j.nano.Nano.file());
                var engine = engine(o -> o.drafting(Drafting.model(small)))) {
            for (int i = 0; i < 3; i++) {
                var reply = engine.session()
                        .append(prompt)
                        .generate(
                                o -> o.sampling(Sampling.greedy()).minTokens(60).maxTokens(60))
                        .await();
                assertSame(prompt, reply.tokens());
            }
        }
    }
}
