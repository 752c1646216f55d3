package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.nano.Nano;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplingTest {
    private static final int DRAWS = 200;

    private static Model model;
    private static Context context;

    /** A user may say many things, so that there is something to choose. */
    @BeforeAll
    static void decode() {
        model = Model.load(Nano.file());
        context = model.newContext(o -> o.length(256).threads(1));
        context.decode(model.tokenizer().encodeTrusted("<|im_start|>user\n", false));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    static List<Sampling> presets() {
        return List.of(
                Sampling.qwen3Thinking(),
                Sampling.qwen3NonThinking(),
                Sampling.builder().penalties(64, 1.3f, 0.2f, 0.1f).minP(0.01f).draw(0),
                Sampling.builder().xtc(0.5f, 0.01f, 0).typical(0.9f).draw(0),
                Sampling.builder().dynamicTemperature(1, 0.5f, 1).mirostat(5, 0.1f, 0),
                Sampling.builder().topNSigma(2).mirostatV2(5, 0.1f, 0),
                Sampling.builder().minP(0.001f).adaptiveP(0.1f, 0.9f, 0));
    }

    @ParameterizedTest
    @MethodSource("presets")
    void repeatsItselfWithTheSameSeed(Sampling preset) {
        assertThat(drawn(preset.seed(7))).isEqualTo(drawn(preset.seed(7)));
    }

    @ParameterizedTest
    @MethodSource("presets")
    void drawsOthersWithAnotherSeed(Sampling preset) {
        assertThat(drawn(preset.seed(7))).isNotEqualTo(drawn(preset.seed(8)));
    }

    @ParameterizedTest
    @MethodSource("presets")
    void repeatsItselfAfterAReset(Sampling preset) {
        try (var sampler = context.newSampler(preset.seed(7))) {
            var first = drawn(sampler);
            assertThat(drawn(sampler)).as("goes on").isNotEqualTo(first);
            sampler.reset();
            assertThat(drawn(sampler)).isEqualTo(first);
        }
    }

    @Test
    void areEqualIfTheirStagesAre() {
        assertThat(Sampling.qwen3Thinking().seed(3))
                .isEqualTo(Sampling.qwen3Thinking().seed(3));
        assertThat(Sampling.qwen3Thinking().seed(3))
                .hasSameHashCodeAs(Sampling.qwen3Thinking().seed(3));
        assertThat(Sampling.qwen3Thinking().seed(3)).isNotEqualTo(Sampling.qwen3Thinking());
    }

    @Test
    void takesTheLargestSeed() {
        assertThat(drawn(Sampling.qwen3Thinking().seed(0xFFFF_FFFEL)))
                .isEqualTo(drawn(Sampling.qwen3Thinking().seed(0xFFFF_FFFEL)));
    }

    @Test
    void picksTheMostProbableTokenGreedily() {
        assertThat(drawn(Sampling.greedy())).containsOnly(best());
        assertThat(drawn(Sampling.builder().temperature(0).draw(3))).containsOnly(best());
        assertThat(drawn(Sampling.builder().topK(1).draw(3))).containsOnly(best());
    }

    @Test
    void neverPicksABannedToken() {
        assertThat(drawn(Sampling.greedy().logitBias(Map.of(best(), Float.NEGATIVE_INFINITY))))
                .doesNotContain(best());
        assertThat(drawn(Sampling.qwen3Thinking().logitBias(Map.of(best(), Float.NEGATIVE_INFINITY))))
                .doesNotContain(best());
    }

    @Test
    void picksAFavouredToken() {
        assertThat(drawn(Sampling.qwen3Thinking().logitBias(Map.of(42, 1000f)))).containsOnly(42);
    }

    private static int best() {
        var logits = context.logits();
        return IntStream.range(0, logits.length)
                .reduce((a, b) -> logits[b] > logits[a] ? b : a)
                .orElseThrow();
    }

    private static List<Integer> drawn(Sampling sampling) {
        try (var sampler = context.newSampler(sampling)) {
            return drawn(sampler);
        }
    }

    private static List<Integer> drawn(Sampler sampler) {
        return IntStream.range(0, DRAWS).mapToObj(i -> sampler.sample()).toList();
    }
}
