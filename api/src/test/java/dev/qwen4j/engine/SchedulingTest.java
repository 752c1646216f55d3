package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Sampling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is computed when. */
class SchedulingTest extends NanoEngine {
    private static GenerationOptions exactly(GenerationOptions options, int count) {
        return options.sampling(Sampling.greedy()).minTokens(count).maxTokens(count);
    }

    @Test
    void whatIsMoreUrgentTakesAPlaceAndGivesItBack() {
        try (var engine = engine(o -> roomy(o).maxActive(2))) {
            var prompts = List.of(tokens(30), tokens(40));
            var slow = prompts.stream()
                    .map(prompt -> engine.session().append(prompt).generate(o -> exactly(o, 600)))
                    .toList();
            slow.forEach(generation -> generation.iterator().next());
            var urgent = engine.session()
                    .append(tokens(20))
                    .generate(o -> exactly(o, 5).priority(1));
            assertThat(urgent.await().tokens()).hasSize(5);
            assertThat(slow)
                    .noneMatch(generation ->
                            generation.completion().toCompletableFuture().isDone());
            for (var generation : slow) {
                assertThat(generation.await().tokens()).hasSize(600);
            }
            assertThat(engine.stats().work().preemptions()).isEqualTo(1);
        }
    }

    @Test
    void whatIsMoreUrgentIsBegunFirst() {
        try (var engine = engine(o -> roomy(o).maxActive(1))) {
            var first = engine.session().append(tokens(8)).generate(NanoEngine::endless);
            first.iterator().next();

            var waiting = new ArrayList<Generation>();
            for (int priority : new int[] {-3, -1, -2}) {
                var generation = engine.session()
                        .append(tokens(8))
                        .generate(o -> exactly(o, 3).priority(priority));
                waiting.add(generation);
            }
            first.cancel();
            var queued = waiting.stream()
                    .map(generation -> generation.await().usage().queued())
                    .toList();
            assertThat(queued.get(1)).isLessThan(queued.get(2));
            assertThat(queued.get(2)).isLessThan(queued.get(0));
        }
    }

    @Test
    void tenantsHaveTheirTurnsHoweverMuchOneAsksFor() {
        try (var engine = engine(o -> roomy(o).maxActive(1).drafting(Drafting.none()))) {
            var first = engine.session("many").append(tokens(8)).generate(NanoEngine::endless);
            first.iterator().next();
            var many = new ArrayList<Generation>();
            for (int i = 0; i < 20; i++) {
                many.add(engine.session("many").append(tokens(50)).generate(o -> exactly(o, 20)));
            }
            var few = engine.session("few").append(tokens(50)).generate(o -> exactly(o, 20));
            first.cancel();
            few.await();
            assertThat(many.stream()
                            .filter(generation -> generation
                                    .completion()
                                    .toCompletableFuture()
                                    .isDone()))
                    .hasSizeLessThan(5);
            many.forEach(Generation::await);
            assertThat(engine.stats("few").generatedTokens()).isEqualTo(20);
            assertThat(engine.stats("few").computedTokens()).isEqualTo(50 + 19);
            assertThat(engine.stats("nobody")).isEqualTo(new TenantStats(0, 0, 0, 0, 0));
        }
    }

    @Test
    void aTenantWithManyEndlessGenerationsLeavesRoomForAnother() {
        try (var engine = engine(o -> roomy(o).maxActive(4))) {
            for (int i = 0; i < 8; i++) {
                engine.session("greedy").append(tokens(8)).generate(NanoEngine::endless);
            }
            var other = engine.session("patient").append(tokens(8)).generate(o -> exactly(o, 10));
            assertThat(other.await(Duration.ofSeconds(30))).isPresent();
        }
    }

    @Test
    void tenantsDoNotShareButWhatIsPublic() {
        try (var engine = engine(o -> o.maxActive(3))) {
            var system = tokens(100);
            var prompt = tokens(50);
            engine.session("a")
                    .append(system)
                    .sharePrefix()
                    .append(prompt)
                    .generate(NanoEngine::greedy)
                    .await();
            var same =
                    engine.session("a").append(system).append(prompt).append(1).generate(NanoEngine::greedy);
            assertThat(same.await().usage().cachedTokens()).isEqualTo(150);
            var other = engine.session("b")
                    .append(system)
                    .sharePrefix()
                    .append(prompt)
                    .append(1);
            assertThat(other.generate(NanoEngine::greedy).await().usage().cachedTokens())
                    .isEqualTo(100);
            var stranger = engine.session("c").append(prompt).generate(NanoEngine::greedy);
            assertThat(stranger.await().usage().cachedTokens()).isZero();
        }
    }

    @Test
    void nothingOfATenantIsReusedByAnotherThroughHostMemory() {
        try (var engine = engine(o -> o.maxActive(1))) {
            var prompt = tokens(120);
            engine.session("a").append(prompt).generate(NanoEngine::greedy).await();
            engine.session("x").append(tokens(60)).generate(NanoEngine::greedy).await();
            assertThat(engine.session("b")
                            .append(prompt)
                            .generate(NanoEngine::greedy)
                            .await()
                            .usage()
                            .cachedTokens())
                    .isZero();
            engine.session("x").append(tokens(60)).generate(NanoEngine::greedy).await();
            assertThat(engine.session("a")
                            .append(prompt)
                            .generate(NanoEngine::greedy)
                            .await()
                            .usage()
                            .cachedTokens())
                    .isEqualTo(119);
        }
    }

    @Test
    void endsAtADeadlineWithWhatThereIs() {
        try (var engine = engine(o -> roomy(o).maxActive(1))) {
            var computed =
                    engine.session().append(tokens(20)).generate(o -> endless(o).deadline(Duration.ofMillis(200)));
            var waiting =
                    engine.session().append(tokens(20)).generate(o -> endless(o).deadline(Duration.ofMillis(100)));
            assertThat(waiting.await().finishReason()).isEqualTo(FinishReason.DEADLINE);
            assertThat(waiting.await().tokens()).isEmpty();
            assertThat(computed.await().finishReason()).isEqualTo(FinishReason.DEADLINE);
            assertThat(computed.await().tokens()).isNotEmpty();
        }
    }

    @Test
    void generatesSeveralRepliesToAPromptThatIsComputedOnce() {
        try (var engine = engine(o -> o.maxActive(4));
                var session = engine.session().append("Once upon a time")) {
            session.append(tokens(200));
            var replies = session
                    .generate(
                            6,
                            o -> o.sampling(Sampling.builder().temperature(1.5f).draw(7))
                                    .minTokens(12)
                                    .maxTokens(12))
                    .stream()
                    .map(Generation::await)
                    .toList();
            assertThat(new HashSet<>(replies.stream().map(Reply::tokens).toList()))
                    .hasSizeGreaterThan(3);
            assertThat(engine.stats().work().prefilledTokens()).isLessThan(session.length() + 6L);
            assertThatThrownBy(() -> session.generate(0, o -> o)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aSlowReaderStopsNobodyAndLosesNothing() {
        try (var engine = engine(o -> roomy(o).maxActive(1).readerBuffer(8))) {
            var slow = engine.session().append("Once upon a time").generate(o -> exactly(o, 400));
            var text = new StringBuilder();
            var chunks = slow.iterator();
            text.append(chunks.next().text());
            // Its buffer is full soon, and the only place is free for others.
            for (int i = 0; i < 5; i++) {
                assertThat(engine.session()
                                .append(tokens(30))
                                .generate(o -> exactly(o, 50))
                                .await()
                                .tokens())
                        .hasSize(50);
            }
            assertThat(engine.stats().work().parkings()).isPositive();
            chunks.forEachRemaining(chunk -> text.append(chunk.text()));
            assertThat(text).hasToString(slow.await().text());
            assertThat(slow.await().tokens()).hasSize(400);
        }
    }

    @Test
    void rejectsMoreTokensThanMayWait() {
        try (var engine = engine(o -> roomy(o).maxActive(1).queueTokens(100))) {
            var running = engine.session().append(tokens(10)).generate(NanoEngine::endless);
            running.iterator().next();
            engine.session().append(tokens(90)).generate(NanoEngine::greedy);
            var session = engine.session().append(tokens(20));
            assertThatThrownBy(() -> session.generate(NanoEngine::greedy))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("queueTokens");
            running.cancel();
            assertThat(session.length()).isEqualTo(20);
        }
    }

    @Test
    void aTenantThatComesBackIsNotPutBehindANewOne() {
        try (var engine = engine(o -> roomy(o).maxActive(1))) {
            // Much was done for one of them, long ago.
            engine.session("old")
                    .append(tokens(3000))
                    .generate(o -> exactly(o, 300))
                    .await();
            var running = engine.session("new").append(tokens(8)).generate(NanoEngine::endless);
            running.iterator().next();
            var many = new ArrayList<Generation>();
            for (int i = 0; i < 10; i++) {
                many.add(engine.session("new").append(tokens(20)).generate(o -> exactly(o, 10)));
            }
            var back = engine.session("old").append(tokens(20)).generate(o -> exactly(o, 10));
            running.cancel();
            back.await();
            assertThat(many.stream()
                            .filter(generation -> generation
                                    .completion()
                                    .toCompletableFuture()
                                    .isDone()))
                    .hasSizeLessThan(4);
        }
    }

    @Test
    void anEndlessTenantGivesWayToOneThatHasNothing() {
        try (var engine = engine(o -> roomy(o).maxActive(1))) {
            var endless = engine.session("endless").append(tokens(8)).generate(NanoEngine::endless);
            endless.iterator().next();
            var other = engine.session("other").append(tokens(8)).generate(o -> exactly(o, 10));
            assertThat(other.await(Duration.ofSeconds(30))).isPresent();
            assertThat(endless.completion().toCompletableFuture().isDone()).isFalse();
        }
    }
}
