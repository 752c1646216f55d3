package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.Candidates;
import dev.qwen4j.Context;
import dev.qwen4j.CustomSampler;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingBuilder;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.nano.Nano;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Samplers whose first stages run where the model does, which here is the CPU backend. */
class DeviceSamplerTest {
    private static final int[] PROMPT = {785, 672, 315, 96, 374, 264, 1985, 17};

    private Model model;

    @BeforeEach
    void load() {
        model = Model.load(Nano.file());
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Context context() {
        return model.newContext(o -> o.length(256).maxSequences(3).unified(true).threads(1));
    }

    private static int[] generate(Context context, Sampler sampler) {
        context.prefill(PROMPT);
        var tokens = new int[24];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = sampler.sample();
            context.decode(tokens[i]);
        }
        return tokens;
    }

    @Test
    void chooseWhatTheSameStagesChooseElsewhere() {
        var recipe = Sampling.builder()
                .logitBias(Map.of(3, Float.NEGATIVE_INFINITY))
                .penalties(16, 1.3f, 0, 0)
                .greedy();
        try (var context = context();
                var sampler = context.newSampler(recipe);
                var attached = context.newSampler(recipe)) {
            var expected = generate(context, sampler);
            context.clear();
            attached.attach(0);
            assertThat(attached.attachedTo()).isEqualTo(OptionalInt.of(0));
            assertThat(attached.names()).containsExactly("+logit-bias", "+penalties", "+greedy");
            assertThat(generate(context, attached)).isEqualTo(expected);
            assertThat(attached.timings().tokens()).isEqualTo(24);
        }
    }

    @Test
    void goOnBehindTheStagesThatTheDeviceHas() {
        var recipe = Sampling.builder().topK(30).temperature(0.8f).topNSigma(2).greedy();
        try (var context = context();
                var sampler = context.newSampler(recipe);
                var attached = context.newSampler(recipe)) {
            var expected = generate(context, sampler);
            context.clear();
            attached.attach(0);
            assertThat(attached.names().getFirst()).isEqualTo("+top-k");
            assertThat(attached.names().getLast()).isEqualTo("greedy");
            assertThat(generate(context, attached)).isEqualTo(expected);
        }
    }

    @Test
    void leaveOutWhatTheyBannedForTheStagesBehindThem() {
        var sizes = new ArrayList<Integer>();
        CustomSampler counting = candidates -> {
            sizes.add(candidates.size());
            candidates.select(0);
        };
        var recipe = Sampling.builder().topP(0.9f).typical(0.8f).customPick("counting", () -> counting);
        try (var context = context();
                var sampler = context.newSampler(recipe);
                var attached = context.newSampler(recipe)) {
            context.prefill(PROMPT);
            sampler.sample();
            attached.attach(0);
            context.clear();
            context.prefill(PROMPT);
            attached.sample();
            assertThat(sizes.get(1)).isEqualTo(sizes.get(0));
        }
    }

    @Test
    void areDetachedInTheStateThatTheyAreIn() {
        var recipe = Sampling.builder().penalties(16, 1.5f, 0.5f, 0).greedy();
        try (var context = context();
                var sampler = context.newSampler(recipe);
                var moved = context.newSampler(recipe)) {
            context.prefill(PROMPT);
            var before = new int[] {sampler.sample(), sampler.sample(), sampler.sample(), sampler.sample()};
            context.clear();
            moved.attach(0);
            context.prefill(PROMPT);
            assertThat(moved.sample()).isEqualTo(before[0]);
            for (int i = 1; i < before.length; i++) {
                moved.detach();
                assertThat(moved.attachedTo()).isEmpty();
                context.clear();
                context.prefill(PROMPT);
                assertThat(moved.sample()).isEqualTo(before[i]);
                if (++i < before.length) {
                    moved.attach(0);
                    context.clear();
                    context.prefill(PROMPT);
                    assertThat(moved.sample()).isEqualTo(before[i]);
                }
            }
        }
    }

    @Test
    void drawOnAsIfNothingHadBeenDrawnThatWasNotSampled() {
        var recipe = Sampling.builder().temperature(3).draw(7);
        try (var context = model.newContext(
                        o -> o.length(256).maxOutputsPerSequence(4).threads(1));
                var never = context.newSampler(recipe);
                var once = context.newSampler(recipe)) {
            var three = new Batch().add(5, true).add(6, true).add(7, true);
            context.decode(three);
            int first = never.sample(0);
            context.clear();
            once.attach(0);
            context.decode(three);
            assertThat(once.sample(0)).isEqualTo(first);
            once.detach();
            for (int i = 0; i < 5; i++) {
                context.clear();
                context.decode(9);
                assertThat(once.sample()).isEqualTo(never.sample());
            }
        }
    }

    @Test
    void serveOneSequenceBesideOthers() {
        try (var context = context();
                var own = context.newSampler(Sampling.greedy());
                var attached = context.newSampler(Sampling.greedy());
                var another = context.newSampler(Sampling.greedy())) {
            attached.attach(1);
            another.attach(2);
            var batch = new Batch();
            for (int i = 0; i < PROMPT.length; i++) {
                boolean last = i == PROMPT.length - 1;
                batch.add(PROMPT[i], 0, last).add(PROMPT[i], 1, last).add(PROMPT[i], 2, last);
            }
            context.decode(batch);
            int first = batch.size() - 3;
            int expected = own.sample(first);
            assertThat(attached.sample(first + 1)).isEqualTo(expected);
            assertThat(another.sample(first + 2)).isEqualTo(expected);
            assertThat(context.logits(first)).hasSize(model.tokenizer().size());

            assertThatThrownBy(() -> own.sample(first + 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another sampler attached");
            assertThatThrownBy(() -> attached.sample(first))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("not of sequence 1");
            assertThatThrownBy(() -> context.logits(first + 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("stayed on the device");
            assertThatThrownBy(() -> context.logitsView(first + 2)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void chooseForAsManyResultsAsTheContextAllows() {
        try (var one = context();
                var few = model.newContext(
                        o -> o.length(256).maxOutputsPerSequence(3).threads(1))) {
            var batch = Batch.of(PROMPT).add(1, true).add(2, true);
            for (var context : new Context[] {one, few}) {
                var sampler = context.newSampler(
                        Sampling.builder().topK(20).topP(0.9f).temperature(0.7f).draw(3));
                sampler.attach(0);
                if (context == one) {
                    assertThatThrownBy(() -> context.decode(batch))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("maxOutputsPerSequence");
                    assertThatThrownBy(() -> context.prefill(batch)).isInstanceOf(IllegalArgumentException.class);
                    assertThat(context.position()).isZero();
                    context.decode(PROMPT);
                    sampler.sample();
                } else {
                    context.decode(batch);
                    int size = model.tokenizer().size();
                    for (int i = PROMPT.length - 1; i < batch.size(); i++) {
                        assertThat(sampler.sample(i)).isBetween(0, size - 1);
                    }
                }
            }
        }
    }

    @Test
    void refuseAResultOfSeveralSequences() {
        try (var context = context();
                var sampler = context.newSampler(Sampling.greedy())) {
            sampler.attach(2);
            assertThatThrownBy(() -> context.decode(new Batch().addAt(1, 0, true, 0, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("sequences 0 and 2");
            context.decode(new Batch().addAt(1, 0, false, 0, 2).add(4, 0, true).add(4, 2, true));
            assertThat(sampler.sample(2)).isNotNegative();
        }
    }

    static Stream<Arguments> orders() {
        return Stream.of(
                order("comes after one that narrows", b -> b.topK(3).greedy()),
                order(
                        "comes after one that narrows",
                        b -> b.topK(3).xtc(0, 0.1f, 1).greedy()),
                order("comes after one that narrows", b -> b.topP(0.5f).greedy()),
                order("comes after one that narrows", b -> b.temperature(0).greedy()),
                order(
                        "comes after one that narrows",
                        b -> b.topK(3).logitBias(Map.of(1, 2f)).draw(1)),
                order("another that narrows", b -> b.topK(3).topK(2).draw(1)),
                order("another that narrows", b -> b.topP(0.5f).topK(2).draw(1)),
                order("another that sorts", b -> b.topP(0.5f).topP(0.4f).draw(1)),
                Arguments.of(
                        "keeps some tokens", Sampling.of(new SamplingStage.TopP(0.5f, 2), new SamplingStage.Draw(1))),
                Arguments.of(
                        "keeps some tokens", Sampling.of(new SamplingStage.MinP(0.5f, 2), new SamplingStage.Draw(1))),
                order(
                        "a single token",
                        b -> b.topK(1).dynamicTemperature(1, 0.5f, 1).draw(1)),
                order("temperature of 0", b -> b.dynamicTemperature(0, 0.5f, 1).draw(1)),
                order(
                        "bans tokens",
                        b -> b.minP(0.1f).dynamicTemperature(1, 0.5f, 1).draw(1)),
                order("more tokens than the vocabulary", b -> b.topK(1_000_000).draw(1)));
    }

    private static Arguments order(String why, Function<SamplingBuilder, Sampling> recipe) {
        return Arguments.of(why, recipe.apply(Sampling.builder()));
    }

    @ParameterizedTest
    @MethodSource("orders")
    void refuseWhatADeviceCannotDo(String why, Sampling recipe) {
        try (var context = context();
                var sampler = context.newSampler(recipe)) {
            assertThatThrownBy(() -> sampler.attach(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(why)
                    .hasMessageContaining("Stage ");
            assertThat(sampler.attachedTo()).isEmpty();
            context.prefill(PROMPT);
            assertThat(sampler.sample()).isNotNegative();
        }
    }

    @Test
    void areAttachedOnceAndToOneSequence() {
        try (var context = context();
                var other = context.newSampler(Sampling.greedy())) {
            var sampler = context.newSampler(Sampling.greedy());
            sampler.attach(1);
            assertThatThrownBy(() -> sampler.attach(2))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("attached to sequence 1");
            assertThatThrownBy(() -> other.attach(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Sequence 1 has a sampler attached");
            for (int sequence : new int[] {-1, 3, Integer.MAX_VALUE}) {
                assertThatThrownBy(() -> other.attach(sequence)).isInstanceOf(IllegalArgumentException.class);
            }
            assertThatThrownBy(() -> sampler.remove(0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> sampler.apply(Candidates.of(new float[] {1, 2})))
                    .isInstanceOf(IllegalStateException.class);
            sampler.close();
            other.attach(1);
            context.decode(new Batch().add(5, 1, true));
            assertThat(other.sample()).isNotNegative();
        }
    }

    @Test
    void areForgottenWhenTheyAreClosed() {
        try (var context = context();
                var own = context.newSampler(Sampling.greedy())) {
            for (int round = 0; round < 50; round++) {
                var sampler = context.newSampler(
                        Sampling.builder().penalties(32, 1.1f, 0, 0).topK(9).draw(round));
                sampler.attach(0);
                context.clear();
                context.decode(PROMPT);
                if (round % 2 == 0) {
                    sampler.sample();
                }
                sampler.close();
                context.decode(1);
                assertThat(own.sample()).isNotNegative();
            }
        }
    }

    @Test
    void areNotFreedUnderADecodeThatIsGoingOn() throws InterruptedException {
        try (var context = context()) {
            for (int round = 0; round < 30; round++) {
                var sampler = context.newSampler(Sampling.builder().topK(20).draw(round));
                sampler.attach(0);
                var started = new CountDownLatch(1);
                var closing = Thread.ofPlatform().start(() -> {
                    try {
                        started.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    sampler.close();
                });
                started.countDown();
                context.clear();
                context.prefill(PROMPT);
                for (int i = 0; i < 5; i++) {
                    context.decode(i);
                }
                closing.join();
                context.decode(1);
                assertThat(context.logits()).hasSize(model.tokenizer().size());
            }
        }
    }

    @Test
    void aDecodeThatFailsLeavesThemAttached() {
        try (var context = context();
                var sampler = context.newSampler(Sampling.builder().topK(20).draw(1))) {
            sampler.attach(0);
            assertThatThrownBy(() -> context.decode(new Batch().add(-1, true)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> context.prefill(new int[300])).isInstanceOf(RuntimeException.class);
            context.decode(PROMPT);
            assertThat(sampler.sample()).isNotNegative();
        }
    }

    @Test
    void chooseTheOnlyTokenThatIsNotBanned() {
        var all = new HashMap<Integer, Float>();
        for (int id = 0; id < model.tokenizer().size() - 1; id++) {
            all.put(id, Float.NEGATIVE_INFINITY);
        }
        int last = model.tokenizer().size() - 1;
        try (var context = context();
                var sampler =
                        context.newSampler(Sampling.builder().logitBias(all).draw(1))) {
            sampler.attach(0);
            context.decode(PROMPT);
            assertThat(sampler.sample()).isEqualTo(last);
        }
    }
}
