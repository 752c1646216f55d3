package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Sampling;
import dev.qwen4j.engine.SameAnswers.Answer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Sessions on models whose caches cannot be cut: recurrent, hybrid, and with sliding windows. */
class UncuttableModelsTest {
    static final List<String> ARCHITECTURES = List.of("mamba2", "qwen3next", "granitehybrid", "gemma3", "gpt-oss");
    private static final int LENGTH = 2048;

    @TempDir
    private static Path folder;

    private static final Map<String, TestModel> MODELS = new HashMap<>();
    private static final Map<String, Double> ROUNDING = new HashMap<>();

    @BeforeAll
    static void write() {
        for (var architecture : ARCHITECTURES) {
            var model = TestModel.random(folder, architecture);
            MODELS.put(architecture, model);
            ROUNDING.put(architecture, Rounding.of(model.model(), model.text(800), SoakRun::context));
        }
    }

    @AfterAll
    static void close() {
        MODELS.values().forEach(TestModel::close);
    }

    /** An engine whose answers are compared with those of fresh contexts. */
    private static final class Compared implements AutoCloseable {
        private final RecordedLogits recorded = new RecordedLogits();
        private final int[] text;
        private final Engine engine;
        private final SameAnswers answers;

        Compared(String architecture, UnaryOperator<EngineOptions> options) {
            var model = MODELS.get(architecture);
            text = model.text(1600);
            engine = Engine.start(
                    model.model(), o -> options.apply(o.length(LENGTH).context(SoakRun::context)));
            engine.probe(recorded);
            answers = new SameAnswers(model.model(), ROUNDING.get(architecture), LENGTH, SoakRun::context);
        }

        /** The first tokens of a text, and another one. */
        Session session(int length, int last) {
            return engine.session().append(Arrays.copyOf(text, length)).append(last);
        }

        Reply reply(Session session) {
            var prompt = session.tokens();
            return same(prompt, session.generate(UncuttableModelsTest::greedy));
        }

        Reply same(int[] prompt, Generation generation) {
            var reply = generation.await();
            var transcript = new Transcript();
            transcript.tokens().addAll(prompt);
            answers.check(new Answer(
                    transcript, greedy(GenerationOptions.defaults()), recorded.take(generation), reply.finishReason()));
            return reply;
        }

        @Override
        public void close() {
            engine.close();
            answers.close();
        }
    }

    private static GenerationOptions greedy(GenerationOptions options) {
        return options.sampling(Sampling.greedy()).maxTokens(20);
    }

    @ParameterizedTest
    @FieldSource("ARCHITECTURES")
    void goOnWithASecondTurn(String architecture) {
        try (var compared = new Compared(architecture, o -> o.maxActive(1))) {
            var session = compared.session(100, 7);
            compared.reply(session);
            int first = session.length();
            session.append(1, 2, 3);
            assertThat(compared.reply(session).usage().cachedTokens()).isEqualTo(first - 1);
            // Another one takes the only place.
            compared.reply(compared.engine.session().append(3, 2, 1));
            int second = session.length();
            session.append(1, 2, 3);
            var usage = compared.reply(session).usage();
            assertThat(usage.cachedTokens()).isEqualTo(second - 1);
            assertThat(usage.reuse()).isEqualTo(Reuse.DIFFERS);
        }
    }

    @ParameterizedTest
    @FieldSource("ARCHITECTURES")
    void computeAPrefixThatManyHaveInCommonOnce(String architecture) {
        try (var compared = new Compared(architecture, o -> o)) {
            var sessions = IntStream.range(0, 8)
                    .mapToObj(i -> compared.session(1500, i).append(9))
                    .toList();
            var prompts = sessions.stream().map(Session::tokens).toList();
            var generations = sessions.stream()
                    .map(session -> session.generate(UncuttableModelsTest::greedy))
                    .toList();
            var reused = IntStream.range(0, 8)
                    .map(i -> compared.same(prompts.get(i), generations.get(i))
                            .usage()
                            .cachedTokens())
                    .toArray();
            // If the first one was so fast that the second one found it behind the prefix, that one has computed it,
            // too.
            assertThat(Arrays.stream(reused).filter(tokens -> tokens == 1500).count())
                    .as(Arrays.toString(reused))
                    .isGreaterThanOrEqualTo(6);
        }
    }

    @ParameterizedTest
    @FieldSource("ARCHITECTURES")
    void goBackAndGoOwnWays(String architecture) {
        try (var compared = new Compared(architecture, o -> o.maxActive(2))) {
            var session = compared.session(100, 7);
            var first = compared.reply(session);
            var fork = session.fork().append(4);
            session.rewind(101);
            var again = compared.reply(session);
            assertThat(again.tokens()).isEqualTo(first.tokens());
            assertThat(again.usage().cachedTokens()).isEqualTo(100);
            assertThat(again.usage().reuse()).isEqualTo(Reuse.ALL);
            compared.reply(fork);
            session.rewind(60);
            compared.reply(session);
            fork.rewind(113).append(5, 6);
            compared.reply(fork);
        }
    }

    @ParameterizedTest
    @FieldSource("ARCHITECTURES")
    void sayWhatCannotBeCutAndKeepItFromThenOn(String architecture) {
        try (var compared = new Compared(architecture, o -> o.maxActive(2))) {
            assertThat(compared.reply(compared.session(100, 7)).usage().reuse()).isEqualTo(Reuse.NOTHING_CACHED);
            var second = compared.reply(compared.session(60, 1)).usage();
            assertThat(second.cachedTokens()).isZero();
            assertThat(second.reuse()).isEqualTo(Reuse.CANNOT_BE_CUT);
            var third = compared.reply(compared.session(60, 2)).usage();
            assertThat(third.cachedTokens()).isEqualTo(60);
            assertThat(third.reuse()).isEqualTo(Reuse.ALL);
        }
    }

    @ParameterizedTest
    @FieldSource("ARCHITECTURES")
    void areRightAfterAPrefillThatWasCancelled(String architecture) {
        try (var compared = new Compared(architecture, o -> o.maxActive(3))) {
            var session = compared.session(1500, 7);
            var other = compared.session(40, 1);
            for (int i = 0; i < 6; i++) {
                int[] before = other.tokens();
                var beside = other.generate(UncuttableModelsTest::greedy);
                var cancelled = session.generate(UncuttableModelsTest::greedy);
                // The more there is of the one, the further the other one has come.
                var chunks = beside.iterator();
                for (int k = 0; k < i && chunks.hasNext(); k++) {
                    chunks.next();
                }
                cancelled.cancel();
                var reply = cancelled.await();
                compared.recorded.take(cancelled);
                session.rewind(1501);
                assertThat(reply.finishReason()).isIn(FinishReason.CANCELLED, FinishReason.LENGTH);
                compared.same(before, beside);
            }
            compared.reply(session);
        }
    }

    @ParameterizedTest
    @FieldSource("ARCHITECTURES")
    void keepNothingTwice(String architecture) {
        try (var compared = new Compared(architecture, o -> o.maxActive(1))) {
            compared.reply(compared.session(300, 7));
            compared.reply(compared.session(300, 7));
            var before = compared.engine.stats().cache();
            compared.reply(compared.session(300, 7));
            var after = compared.engine.stats().cache();
            assertThat(after.spilledTokens()).isEqualTo(before.spilledTokens());
            assertThat(after.hostBytes()).isEqualTo(before.hostBytes());
        }
    }
}
