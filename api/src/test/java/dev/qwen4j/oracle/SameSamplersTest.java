package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Candidates;
import dev.qwen4j.Context;
import dev.qwen4j.CustomSampler;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.grammar.Grammar;
import dev.qwen4j.grammar.GrammarTriggers;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every stage leaves the same candidates as llama.cpp's own, bit for bit, in a C program over its public header. */
class SameSamplersTest {
    private static final long SEED = 20260107;
    private static final int ROUNDS = 24;

    @TempDir
    private static Path folder;

    private static Model model;
    private static Context context;
    private static Oracle oracle;

    @BeforeAll
    static void load() {
        model = Model.load(Nano.file());
        context = model.newContext(options -> options.length(256).threads(1));
        oracle = new Oracle(Nano.file());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    static Stream<Arguments> stages() {
        var grammar = "root ::= (word \" \")* word?\nword ::= [a-zA-Z]+ \",\"?\n";
        var afterLine = "root ::= \"\\n\" [a-z ]*\n";
        return Stream.of(
                Arguments.of("top_k:20", new SamplingStage.TopK(20)),
                Arguments.of("top_k:500", new SamplingStage.TopK(500)),
                Arguments.of("top_k:1000000", new SamplingStage.TopK(1_000_000)),
                Arguments.of("top_p:0.8:1", new SamplingStage.TopP(0.8f, 1)),
                Arguments.of("top_p:0.999:7", new SamplingStage.TopP(0.999f, 7)),
                Arguments.of("min_p:0.05:1", new SamplingStage.MinP(0.05f, 1)),
                Arguments.of("min_p:0.9:30", new SamplingStage.MinP(0.9f, 30)),
                Arguments.of("typical:0.7:1", new SamplingStage.Typical(0.7f, 1)),
                Arguments.of("typical:1:1", new SamplingStage.Typical(1, 1)),
                Arguments.of("temp:0.6", new SamplingStage.Temperature(0.6f)),
                Arguments.of("temp:0", new SamplingStage.Temperature(0)),
                Arguments.of("temp_ext:1:0.5:1.2", new SamplingStage.DynamicTemperature(1, 0.5f, 1.2f)),
                Arguments.of("temp_ext:0.7:0:1", new SamplingStage.DynamicTemperature(0.7f, 0, 1)),
                Arguments.of("xtc:0.5:0.01:1:9", new SamplingStage.Xtc(0.5f, 0.01f, 1, 9)),
                Arguments.of("top_n_sigma:1.5", new SamplingStage.TopNSigma(1.5f)),
                Arguments.of("penalties:8:1.3:0.4:0.2", new SamplingStage.Penalties(8, 1.3f, 0.4f, 0.2f)),
                Arguments.of(
                        "dry:0.8:1.75:2:64:" + file("\n"), new SamplingStage.Dry(0.8f, 1.75f, 2, 64, List.of("\n"))),
                Arguments.of(
                        "logit_bias:3:1.5:100:-inf:4000:-2.25",
                        new SamplingStage.LogitBias(Map.of(3, 1.5f, 100, Float.NEGATIVE_INFINITY, 4000, -2.25f))),
                Arguments.of("grammar:" + file(grammar), new SamplingStage.Grammatical(Grammar.parse(grammar))),
                Arguments.of(
                        "grammar_lazy:" + file(afterLine) + ":" + file("^[^\\n]*(\\n)"),
                        new SamplingStage.LazilyGrammatical(
                                Grammar.parse(afterLine), GrammarTriggers.patterns("^[^\\n]*(\\n)"))));
    }

    @ParameterizedTest
    @MethodSource("stages")
    void aStageAloneLeavesWhatLlamaCppLeaves(String theirs, SamplingStage ours) {
        try (var sampler = context.newSampler(Sampling.of(ours, new SamplingStage.Greedy()))) {
            sampler.remove(1);
            assertSame(sampler, List.of(theirs));
        }
    }

    @ParameterizedTest
    @MethodSource("stages")
    void aStageBeforeADrawDoesToo(String theirs, SamplingStage ours) {
        try (var sampler = context.newSampler(Sampling.of(ours, new SamplingStage.Draw(42)))) {
            assertSame(sampler, List.of(theirs, "dist:42"));
        }
    }

    static Stream<Arguments> picks() {
        return Stream.of(
                Arguments.of("greedy", new SamplingStage.Greedy()),
                Arguments.of("dist:4294967294", new SamplingStage.Draw(0xFFFF_FFFEL)),
                Arguments.of("mirostat:5:0.1:100:42", new SamplingStage.Mirostat(5, 0.1f, 100, 42)),
                Arguments.of("mirostat_v2:5:0.1:42", new SamplingStage.MirostatV2(5, 0.1f, 42)),
                Arguments.of("adaptive_p:0.05:0.9:42", new SamplingStage.AdaptiveP(0.05f, 0.9f, 42)));
    }

    @ParameterizedTest
    @MethodSource("picks")
    void aStageThatPicksPicksWhatLlamaCppPicks(String theirs, SamplingStage ours) {
        try (var sampler = context.newSampler(Sampling.of(ours))) {
            assertSame(sampler, List.of(theirs));
        }
    }

    @Test
    void infillBehindTopKLeavesWhatLlamaCppLeaves() {
        try (var sampler =
                context.newSampler(Sampling.builder().topK(40).infill().draw(7))) {
            assertSame(sampler, List.of("top_k:40", "infill", "dist:7"));
        }
    }

    @Test
    void longChainsInAnyOrderAreTheSame() {
        try (var sampler = context.newSampler(Sampling.builder()
                .temperature(0.9f)
                .typical(0.95f)
                .penalties(32, 1.1f, 0, 0.3f)
                .minP(0.001f)
                .xtc(0.3f, 0.05f, 5)
                .topK(50)
                .draw(3))) {
            assertSame(
                    sampler,
                    List.of(
                            "temp:0.9",
                            "typical:0.95:1",
                            "penalties:32:1.1:0:0.3",
                            "min_p:0.001:1",
                            "xtc:0.3:0.05:1:5",
                            "top_k:50",
                            "dist:3"));
        }
    }

    /** A sampler in Java among native ones: what it does to the bits is all that changes. */
    @Test
    void aSamplerInJavaTakesThePlaceOfANativeOne() {
        CustomSampler halved = candidates -> {
            for (int i = 0; i < candidates.size(); i++) {
                candidates.logit(i, candidates.logit(i) / 0.5f);
            }
        };
        try (var sampler = context.newSampler(
                Sampling.builder().custom("halved", () -> halved).draw(11))) {
            assertSame(sampler, List.of("temp:0.5", "dist:11"));
        }
    }

    private static void assertSame(Sampler sampler, List<String> stages) {
        var rows = rows();
        var theirs = oracle.sample(rows, stages);
        assertThat(theirs).hasSize(ROUNDS);
        int compared = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var candidates = Candidates.of(rows.get(round));
            sampler.apply(candidates);
            assertThat(new Oracle.Left(candidates).difference(theirs.get(round)))
                    .as("%s, seed %d, round %d: ours and theirs", stages, SEED, round)
                    .isEmpty();
            candidates.selected().ifPresent(place -> sampler.accept(candidates.id(place)));
            compared += candidates.size();
        }
        System.out.printf("[oracle] %s: %,d candidates of %d rounds equal as raw bits%n", stages, compared, ROUNDS);
    }

    /** Few likely tokens in turn, so that they repeat themselves; a line's end after some. */
    private static List<float[]> rows() {
        var random = new Random(SEED);
        int line = model.tokenizer().encode("\n")[0];
        var rows = new ArrayList<float[]>();
        for (int round = 0; round < ROUNDS; round++) {
            var row = new float[model.tokenizer().size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) random.nextGaussian() * 3;
            }
            for (int i = 0; i < 4; i++) {
                row[200 + 7 * (round % 3) + i] += 12;
            }
            row[line] = round == 10 ? 60 : -30;
            rows.add(row);
        }
        return rows;
    }

    private static String file(String text) {
        try {
            return Files.writeString(Files.createTempFile(folder, "stage", ".txt"), text)
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
