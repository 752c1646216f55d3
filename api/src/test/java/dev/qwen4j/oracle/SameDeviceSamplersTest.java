package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingBuilder;
import dev.qwen4j.nano.Nano;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A sampler that is attached to a context chooses the tokens that llama.cpp's own chooses there, in a C program over its public header. */
class SameDeviceSamplersTest {
    private static final int[] PROMPT = {785, 672, 315, 96, 374, 264, 1985, 17};
    private static final int STEPS = 48;

    static Stream<Arguments> recipes() {
        return Stream.of(
                recipe(b -> b.greedy(), "greedy"),
                recipe(b -> b.draw(42), "dist:42"),
                recipe(
                        b -> b.topK(20).topP(0.95f).temperature(0.6f).draw(7),
                        "top_k:20",
                        "top_p:0.95:1",
                        "temp:0.6",
                        "dist:7"),
                recipe(b -> b.minP(0.05f).temperature(1.3f).draw(7), "min_p:0.05:1", "temp:1.3", "dist:7"),
                recipe(b -> b.dynamicTemperature(1, 0.5f, 1.2f).draw(7), "temp_ext:1:0.5:1.2", "dist:7"),
                recipe(
                        b -> b.logitBias(Map.of(3, 4f, 100, Float.NEGATIVE_INFINITY))
                                .penalties(8, 1.3f, 0.4f, 0.2f)
                                .topK(40)
                                .draw(5),
                        "logit_bias:3:4:100:-inf",
                        "penalties:8:1.3:0.4:0.2",
                        "top_k:40",
                        "dist:5"),
                recipe(
                        b -> b.topK(40).penalties(8, 1.3f, 0, 0).typical(0.9f).draw(5),
                        "top_k:40",
                        "penalties:8:1.3:0:0",
                        "typical:0.9:1",
                        "dist:5"),
                recipe(b -> b.temperature(0.8f).mirostatV2(5, 0.1f, 9), "temp:0.8", "mirostat_v2:5:0.1:9"),
                recipe(b -> b.xtc(0.5f, 0.05f, 3).topK(9).draw(5), "xtc:0.5:0.05:1:3", "top_k:9", "dist:5"));
    }

    private static Arguments recipe(Function<SamplingBuilder, Sampling> ours, String... theirs) {
        return Arguments.of(ours.apply(Sampling.builder()), List.of(theirs));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void choosesWhatLlamaCppChooses(Sampling recipe, List<String> stages) {
        for (int outputs : new int[] {1, 4}) {
            try (var model = Model.load(Nano.file());
                    var context = model.newContext(
                            o -> o.length(256).maxOutputsPerSequence(outputs).threads(1));
                    var sampler = context.newSampler(recipe)) {
                sampler.attach(0);
                context.decode(PROMPT);
                var tokens = new int[STEPS];
                for (int step = 0; step < STEPS; step++) {
                    tokens[step] = sampler.sample();
                    context.decode(tokens[step]);
                }
                assertThat(tokens).isEqualTo(new Oracle(Nano.file()).device(256, outputs, STEPS, PROMPT, stages));
            }
        }
    }
}
