package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.CancelledException;
import dev.qwen4j.Sampling;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Sessions of one engine, from the caller's side. */
class EngineTest extends NanoEngine {
    private long bytesPerToken() {
        try (var context = model.newContext(o -> o.length(256))) {
            context.prefill(tokens(100));
            try (var rows = context.states().saveRows(0, 0, 100)) {
                return rows.byteSize() / 100;
            }
        }
    }

    @Test
    void generatesWhatAContextOfItsOwnWould() {
        try (var engine = engine(o -> o);
                var session = engine.session().append("Once upon a time there was")) {
            var prompt = session.tokens();
            var reply = session.generate(NanoEngine::greedy).await();
            assertThat(reply.tokens()).isEqualTo(alone(prompt, 24));
            assertThat(reply.text())
                    .isEqualTo(model.tokenizer()
                            .decode(reply.tokens().stream()
                                    .mapToInt(Integer::intValue)
                                    .toArray()));
            assertThat(session.length())
                    .isEqualTo(prompt.length + reply.tokens().size());
            assertThat(reply.usage().promptTokens()).isEqualTo(prompt.length);
            assertThat(reply.usage().cachedTokens()).isZero();
            assertThat(reply.usage().generatedTokens()).isEqualTo(reply.tokens().size());
        }
    }

    @Test
    void givesTheTextAsItComes() {
        try (var engine = engine(o -> o);
                var session = engine.session().append("Once upon a time");
                var generation = session.generate(NanoEngine::greedy)) {
            var text = new StringBuilder();
            for (var chunk : generation) {
                assertThat(chunk.text()).isNotEmpty();
                text.append(chunk.text());
            }
            assertThat(text).hasToString(generation.await().text());
            assertThat(generation.completion().toCompletableFuture().join()).isEqualTo(generation.await());
        }
    }

    @Test
    void computesNothingTwiceThatASessionGoesOnFrom() {
        try (var engine = engine(o -> o);
                var session = engine.session().append(tokens(200))) {
            session.generate(NanoEngine::greedy).await();
            int length = session.length();
            session.append(tokens(10));
            var reply = session.generate(NanoEngine::greedy).await();
            // The last token of a reply is computed when something follows it.
            assertThat(reply.usage().cachedTokens()).isEqualTo(length - 1);
        }
    }

    @Test
    void computesAPrefixThatManyHaveInCommonOnce() {
        try (var engine = engine(o -> o)) {
            var system = tokens(500);
            var generations = new ArrayList<Generation>();
            for (int i = 0; i < 8; i++) {
                generations.add(
                        engine.session().append(system).append(1000 + i, 7).generate(NanoEngine::greedy));
            }
            var replies = generations.stream().map(Generation::await).toList();
            assertThat(replies.stream().filter(reply -> reply.usage().cachedTokens() == 500))
                    .hasSize(7);
            int answers =
                    replies.stream().mapToInt(reply -> reply.tokens().size()).sum();
            assertThat(engine.stats().work().prefilledTokens()).isEqualTo(500 + 8 * 2);
            assertThat(engine.stats().work().reusedTokens()).isEqualTo(7 * 500);
            assertThat(engine.stats().work().generatedTokens()).isEqualTo(answers);
        }
    }

    @Test
    void anotherTakesOverAPrefixWhoseSessionIsCancelled() {
        try (var engine = engine(NanoEngine::roomy)) {
            var system = tokens(1500);
            var first = engine.session().append(system).append(1).generate(NanoEngine::endless);
            var second = engine.session().append(system).append(2).generate(NanoEngine::greedy);
            first.cancel();
            assertThat(second.await().finishReason()).isNotEqualTo(FinishReason.CANCELLED);
            assertThat(first.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    void forksGoTheirOwnWays() {
        try (var engine = engine(o -> o);
                var session = engine.session().append(tokens(100))) {
            session.preload().await();
            var fork = session.fork().append(5, 6, 7);
            var prompt = fork.tokens();
            var own = session.tokens();
            var forks = fork.generate(NanoEngine::greedy);
            var reply = session.generate(NanoEngine::greedy).await();
            assertThat(forks.await().usage().cachedTokens()).isEqualTo(100);
            assertThat(reply.usage().cachedTokens()).isEqualTo(99);
            assertSame(own, reply.tokens());
            assertSame(prompt, forks.await().tokens());
        }
    }

    @Test
    void goesBackToAnEarlierPlace() {
        try (var engine = engine(o -> o);
                var session = engine.session().append(tokens(60))) {
            var first = session.generate(NanoEngine::greedy).await();
            session.rewind(60);
            var again = session.generate(NanoEngine::greedy).await();
            assertThat(again.tokens()).isEqualTo(first.tokens());
            assertThat(again.usage().cachedTokens()).isEqualTo(59);
            assertThatThrownBy(() -> session.rewind(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.rewind(session.length() + 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void stopsAtAStopStringThatTokensShare() {
        try (var engine = engine(o -> o);
                var session = engine.session().append("Once upon a time")) {
            var whole = session.fork().generate(NanoEngine::greedy).await().text();
            var stop = whole.substring(whole.length() / 2, whole.length() / 2 + 5);
            var generation = session.generate(o -> greedy(o).stopStrings("no such text", stop));
            var shown = new StringBuilder();
            generation.forEach(chunk -> shown.append(chunk.text()));
            var reply = generation.await();
            assertThat(reply.finishReason()).isEqualTo(FinishReason.STOP_STRING);
            assertThat(reply.text())
                    .isEqualTo(whole.substring(0, whole.indexOf(stop)))
                    .isEqualTo(shown.toString());
        }
    }

    @Test
    void stopsAtALengthAndNotBeforeAnother() {
        try (var engine = engine(o -> o);
                var session = engine.session().append("Hello")) {
            assertThat(session.fork()
                            .generate(o -> o.maxTokens(3).minTokens(3))
                            .await()
                            .tokens())
                    .hasSize(3);
            var reply = session.generate(
                            o -> o.sampling(Sampling.greedy()).minTokens(300).maxTokens(300))
                    .await();
            assertThat(reply.finishReason()).isEqualTo(FinishReason.LENGTH);
            assertThat(reply.tokens()).hasSize(300).noneMatch(model.tokenizer()::isEndOfGeneration);
        }
    }

    @Test
    void endsWhereTheContextIsFull() {
        try (var engine = engine(o -> o.length(256));
                var session = engine.session().append(tokens(200))) {
            var reply = session.generate(NanoEngine::endless).await();
            assertThat(reply.finishReason()).isEqualTo(FinishReason.CONTEXT_FULL);
            assertThat(session.length()).isEqualTo(257);
            assertThatThrownBy(session::generate)
                    .isInstanceOf(PromptTooLongException.class)
                    .hasMessageContaining("257")
                    .hasMessageContaining("255 would fit");
        }
    }

    @Test
    void finishesMoreThanItsCacheHolds() {
        try (var engine = engine(o -> o.length(256).maxActive(8))) {
            var prompts = new ArrayList<int[]>();
            var generations = new ArrayList<Generation>();
            for (int i = 0; i < 32; i++) {
                prompts.add(tokens(40 + i));
                generations.add(engine.session()
                        .append(prompts.getLast())
                        .generate(
                                o -> o.sampling(Sampling.greedy()).minTokens(80).maxTokens(80)));
            }
            for (var generation : generations) {
                var reply = generation.await();
                assertThat(reply.tokens()).as(reply.toString()).hasSize(80);
            }
            assertThat(engine.stats().cache().tokens()).isLessThanOrEqualTo(8 * 256);
        }
    }

    @Test
    void forgetsWhatWasUsedLeastLately() {
        long twoPrompts = 2 * 430 * bytesPerToken();
        try (var engine = engine(o -> o.maxActive(1).hostCache(twoPrompts))) {
            var prompts = List.of(tokens(400), tokens(400), tokens(400));
            var cached = new ArrayList<Integer>();
            for (int which : new int[] {0, 1, 0, 2, 0, 1}) {
                cached.add(engine.session()
                        .append(prompts.get(which))
                        .generate(NanoEngine::greedy)
                        .await()
                        .usage()
                        .cachedTokens());
            }
            assertThat(cached).containsExactly(0, 0, 399, 0, 399, 0);
        }
    }

    @Test
    void endsACancelledGenerationWithWhatThereIs() {
        try (var engine = engine(NanoEngine::roomy);
                var session = engine.session().append("Once upon a time")) {
            var generation = session.generate(NanoEngine::endless);
            var chunks = generation.iterator();
            chunks.next();
            chunks.next();
            generation.close();
            var reply = generation.await();
            assertThat(reply.finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(reply.tokens()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(session.generate(o -> greedy(o).minTokens(3)).await().tokens())
                    .hasSizeGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void cancelsForAThreadThatIsInterrupted() throws InterruptedException {
        try (var engine = engine(NanoEngine::roomy);
                var session = engine.session().append("Once upon a time")) {
            var generation = session.generate(NanoEngine::endless);
            var thrown = new AtomicReference<Throwable>();
            var waiting = Thread.ofVirtual().start(() -> {
                try {
                    generation.await();
                } catch (CancelledException e) {
                    thrown.set(e);
                }
            });
            generation.iterator().next();
            waiting.interrupt();
            waiting.join();
            assertThat(thrown.get()).isInstanceOf(CancelledException.class);
            assertThat(generation.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    void refusesWhatItCannotDo() {
        try (var engine = engine(NanoEngine::roomy)) {
            var session = engine.session();
            assertThatThrownBy(session::generate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("empty");
            assertThatThrownBy(() -> session.append(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> session.append(1_000_000)).isInstanceOf(IllegalArgumentException.class);
            session.append("Hello");
            for (UnaryOperator<GenerationOptions> options : List.<UnaryOperator<GenerationOptions>>of(
                    o -> o.maxTokens(0), o -> o.minTokens(-1), o -> o.stopStrings(""))) {
                assertThatThrownBy(() -> session.generate(options)).isInstanceOf(IllegalArgumentException.class);
            }
            var failing = session.generate(o -> o.sampling(Sampling.greedy().logitBias(Map.of(1_000_000, 1f))));
            assertThatThrownBy(failing::await).isInstanceOf(IllegalArgumentException.class);
            var generation = session.generate(NanoEngine::endless);
            assertThatThrownBy(session::generate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is generating");
            assertThatThrownBy(() -> session.append("more")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(session::fork).isInstanceOf(IllegalStateException.class);
            session.close();
            assertThat(generation.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
            assertThatThrownBy(session::fork)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void rejectsWhatItsQueueDoesNotHold() {
        try (var engine = engine(o -> roomy(o).maxActive(1).queueCapacity(3))) {
            var rejected = new ArrayList<RejectedException>();
            for (int i = 0; i < 10; i++) {
                try {
                    engine.session().append(tokens(4)).generate(NanoEngine::endless);
                } catch (RejectedException e) {
                    rejected.add(e);
                }
            }
            assertThat(rejected).hasSizeBetween(6, 7);
            assertThat(rejected.getFirst()).hasMessageContaining("queueCapacity");
        }
    }

    @Test
    void endsEveryGenerationWhenItIsClosed() throws Exception {
        var engine = engine(o -> roomy(o).maxActive(10));
        var generations = new ArrayList<Generation>();
        for (int i = 0; i < 100; i++) {
            generations.add(engine.session().append(tokens(20)).generate(NanoEngine::endless));
        }
        generations.getFirst().iterator().next();
        engine.close();
        engine.close();
        for (var generation : generations) {
            var reply = generation.completion().toCompletableFuture().get(10, TimeUnit.SECONDS);
            assertThat(reply.finishReason()).isEqualTo(FinishReason.CANCELLED);
        }
        assertThatThrownBy(() -> engine.session().append("Hello").generate())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void waitsForTheEndOfAllThatWasAskedFor() throws InterruptedException {
        try (var engine = engine(NanoEngine::roomy)) {
            assertThat(engine.drain(Duration.ZERO)).isTrue();
            var generation = engine.session().append(tokens(20)).generate(NanoEngine::endless);
            assertThat(engine.drain(Duration.ofMillis(1))).isFalse();
            generation.cancel();
            assertThat(engine.drain(Duration.ofSeconds(30))).isTrue();
            assertThat(generation.await().finishReason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    @Test
    void servesManyVirtualThreads() {
        try (var engine = engine(o -> o.queueCapacity(2000))) {
            var replies = new ArrayList<CompletableFuture<Reply>>();
            for (int i = 0; i < 1000; i++) {
                int question = i;
                var reply = new CompletableFuture<Reply>();
                replies.add(reply);
                Thread.ofVirtual().start(() -> {
                    try (var session = engine.session().append(7, 8, question)) {
                        reply.complete(session.generate(o -> o.maxTokens(4)).await());
                    } catch (RuntimeException e) {
                        reply.completeExceptionally(e);
                    }
                });
            }
            assertThat(replies)
                    .allSatisfy(reply ->
                            assertThat(reply.join().finishReason()).isIn(FinishReason.STOP, FinishReason.LENGTH));
        }
    }

    @Test
    void sharesWhatIsBeingUsedWithoutHostMemory() {
        try (var engine = engine(o -> o.maxActive(4).hostCache(0))) {
            var system = tokens(300);
            var generations = new ArrayList<Generation>();
            for (int i = 0; i < 4; i++) {
                generations.add(engine.session().append(system).append(i, 7).generate(NanoEngine::endless));
            }
            generations.forEach(generation -> generation.iterator().next());
            generations.forEach(Generation::cancel);
            assertThat(generations.stream().filter(each -> each.await().usage().cachedTokens() == 300))
                    .hasSize(3);
            assertThat(engine.stats().cache().hostBytes()).isZero();
        }
    }
}
