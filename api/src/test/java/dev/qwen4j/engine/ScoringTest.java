package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.qwen4j.Sampling;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** How likely texts are. */
class ScoringTest extends NanoEngine {
    /** Log-probabilities of tokens in a context of their own. */
    private double[] alone(int[] prompt, int[] text) {
        var scores = new double[text.length];
        try (var context = model.newContext(o -> o.length(2048).threads(1))) {
            context.prefill(prompt);
            for (int i = 0; i < text.length; i++) {
                scores[i] = Rounding.logProbabilities(context.logits())[text[i]];
                context.decode(text[i]);
            }
        }
        return scores;
    }

    @Test
    void aTextIsAsLikelyAsItsTokensOneByOne() {
        try (var engine = engine(o -> o);
                var session = engine.session().append("The capital of France is")) {
            var text = " Paris. The capital of Japan is Tokyo.";
            var tokens = model.tokenizer().encode(text, false);
            var expected = alone(session.tokens(), tokens);
            var score = session.score(text);
            assertThat(score.tokens()).hasSize(tokens.length);
            double sum = 0;
            for (int i = 0; i < tokens.length; i++) {
                assertThat(score.tokens().get(i).token()).isEqualTo(tokens[i]);
                assertThat(score.tokens().get(i).logprob()).isCloseTo(expected[i], within(0.3));
                sum += score.tokens().get(i).logprob();
            }
            assertThat(score.logprob()).isCloseTo(sum, within(1e-9));
            assertThat(score.perplexity()).isCloseTo(Math.exp(-sum / tokens.length), within(1e-9));
            assertThatThrownBy(() -> session.score("")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void decidesBetweenTexts() {
        try (var engine = engine(o -> o);
                var session = engine.session()
                        .append(model.chatTemplate()
                                .render(dev.qwen4j.ChatRequest.user("What is the capital of France?")
                                        .thinking(false))
                                .tokens())) {
            var before = session.tokens();
            var choices = session.decide("The capital of France is Rome.", "The capital of France is Paris.");
            assertThat(choices.get(1).probability()).isGreaterThan(0.9);
            assertThat(choices.get(0).probability() + choices.get(1).probability())
                    .isCloseTo(1, within(1e-9));
            assertThat(choices.get(0).text()).isEqualTo("The capital of France is Rome.");
            assertThat(session.tokens()).isEqualTo(before);
            assertThatThrownBy(session::decide).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void saysHowLikelyEachTokenWas() {
        try (var engine = engine(o -> o);
                var session = engine.session().append("Once upon a time")) {
            var prompt = session.tokens();
            var shown = new ArrayList<TokenLogprob>();
            var generation = session.generate(
                    o -> o.sampling(Sampling.greedy()).maxTokens(10).logprobs(3));
            generation.forEach(chunk -> shown.addAll(chunk.logprobs()));
            var reply = generation.await();
            assertThat(reply.logprobs()).hasSameSizeAs(reply.tokens()).isNotEmpty();
            assertThat(shown).isEqualTo(reply.logprobs().subList(0, shown.size()));
            var expected =
                    alone(prompt, reply.tokens().stream().mapToInt(i -> i).toArray());
            for (int i = 0; i < reply.tokens().size(); i++) {
                var logprob = reply.logprobs().get(i);
                assertThat(logprob.token()).isEqualTo(reply.tokens().get(i));
                assertThat(logprob.logprob()).isCloseTo(expected[i], within(0.3));
                assertThat(logprob.top()).hasSize(3);
                assertThat(logprob.top().getFirst().token()).isEqualTo(logprob.token());
                assertThat(logprob.top().get(1).logprob())
                        .isLessThanOrEqualTo(logprob.top().get(0).logprob());
            }
            assertThatThrownBy(() -> session.generate(o -> o.logprobs(101)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(session.generate(NanoEngine::greedy).await().logprobs()).isEmpty();
        }
    }
}
