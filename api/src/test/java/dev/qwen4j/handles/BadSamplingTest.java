package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.nano.Nano;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BadSamplingTest {
    private static final float NAN = Float.NaN;
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    @ParameterizedTest
    @MethodSource
    void refusesAWrongNumberAndNamesIt(String name, Object value, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(name + " is " + value + "; it must be ");
    }

    static Stream<Arguments> refusesAWrongNumberAndNamesIt() {
        return Stream.of(
                        wrong(
                                "temperature",
                                t -> new SamplingStage.Temperature(t),
                                List.of(-0.1f, NAN, INFINITY, -INFINITY)),
                        wrong("topP", p -> new SamplingStage.TopP(p, 1), List.of(-0.1f, 0f, 1.01f, NAN, INFINITY)),
                        wrong("minP", p -> new SamplingStage.MinP(p, 1), List.of(-0.1f, 1.01f, NAN, INFINITY)),
                        wrong("repeat", r -> new SamplingStage.Penalties(1, r, 0, 0), List.of(-1f, 0f, NAN, INFINITY)),
                        wrong(
                                "frequency",
                                f -> new SamplingStage.Penalties(1, 1, f, 0),
                                List.of(NAN, INFINITY, -INFINITY)),
                        wrong(
                                "presence",
                                p -> new SamplingStage.Penalties(1, 1, 0, p),
                                List.of(NAN, INFINITY, -INFINITY)),
                        wrong("topK", k -> new SamplingStage.TopK(k), List.of(0, -1, Integer.MIN_VALUE)),
                        wrong("minKeep", n -> new SamplingStage.TopP(0.5f, n), List.of(0, -1)),
                        wrong("minKeep", n -> new SamplingStage.MinP(0.5f, n), List.of(0, -1)),
                        wrong("lastN", n -> new SamplingStage.Penalties(n, 1, 0, 0), List.of(0, -1)),
                        wrong("seed", s -> new SamplingStage.Draw(s), List.of(-1L, 0xFFFF_FFFFL, Long.MAX_VALUE)),
                        wrong("seed", s -> Sampling.qwen3Thinking().seed(s), List.of(-1L, 1L << 32)),
                        wrong(
                                "the logit bias of token 3",
                                b -> Sampling.greedy().logitBias(Map.of(3, b)),
                                List.of(NAN, INFINITY)),
                        wrong(
                                "the token of a logit bias",
                                t -> Sampling.greedy().logitBias(Map.of(t, 1f)),
                                List.of(-1)))
                .flatMap(cases -> cases);
    }

    @Test
    void refusesRecipesThatDoNotPickOneTokenAtTheirEnd() {
        refused(() -> Sampling.of(), "no stages");
        refused(() -> Sampling.of(new SamplingStage.Temperature(1)), "The last stage is Temperature");
        refused(() -> Sampling.of(new SamplingStage.Greedy(), new SamplingStage.Draw(1)), "Stage 0 of 2 is Greedy");
        refused(
                () -> Sampling.of(List.of(new SamplingStage.Draw(1), new SamplingStage.TopK(1))),
                "Stage 0 of 2 is Draw");
    }

    @Test
    void refusesTokensOutsideTheVocabulary() {
        try (var model = Model.load(Nano.file());
                var context = model.newContext();
                var sampler = context.newSampler(Sampling.greedy())) {
            int size = model.tokenizer().size();
            refused(() -> context.newSampler(Sampling.greedy().logitBias(Map.of(size, 1f))), "Token " + size);
            refused(() -> sampler.accept(size), "Token " + size);
            refused(() -> sampler.accept(-1), "Token -1");
            for (var call : List.<ThrowingCallable>of(sampler::sample, () -> sampler.sample(5))) {
                assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("nothing has been decoded yet");
            }
        }
    }

    private static void refused(ThrowingCallable call, String words) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(words);
    }

    private interface Maker<T> {
        Object make(T value);
    }

    private static <T> Stream<Arguments> wrong(String name, Maker<T> maker, List<T> values) {
        return values.stream().map(value -> Arguments.of(name, value, (ThrowingCallable) () -> maker.make(value)));
    }
}
