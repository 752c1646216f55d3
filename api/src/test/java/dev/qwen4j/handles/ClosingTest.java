package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.CancelledException;
import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.nano.Nano;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClosingTest {
    private static final Duration A_SECOND = Duration.ofSeconds(1);

    @Test
    void closesEverythingTwiceAndInAnyOrder() {
        var model = Model.load(Nano.file());
        var context = model.newContext(o -> o.length(256).threads(1));
        var sampler = context.newSampler(Sampling.greedy());
        var template = model.chatTemplate();
        context.decode(1);
        sampler.sample();

        for (var handle : List.of(context, model, template, sampler, model, sampler, template, context)) {
            assertThatCloses(handle);
        }
    }

    @Test
    void endsARunningDecodeWithinASecond() {
        try (var model = Model.load(Nano.file())) {
            var context = LongPrefill.newContext(model);
            var sampler = context.newSampler(Sampling.greedy());
            var running = LongPrefill.start(context);

            assertThatCloses(context);

            assertThat(running.thrown()).isInstanceOf(CancelledException.class).hasMessageContaining("was cancelled");
            assertClosed(() -> context.decode(1), "context");
            assertClosed(sampler::sample, "sampler");
        }
    }

    @Test
    void closesAModelUnderRunningDecodesWithinASecond() {
        var model = Model.load(Nano.file());
        var contexts =
                Stream.generate(() -> LongPrefill.newContext(model)).limit(3).toList();
        var running = contexts.stream().map(LongPrefill::start).toList();

        assertThatCloses(model);

        for (int i = 0; i < contexts.size(); i++) {
            var context = contexts.get(i);
            assertThat(running.get(i).thrown()).isInstanceOf(CancelledException.class);
            assertClosed(context::clear, "context");
            assertThatCloses(context);
        }
        assertClosed(model::newContext, "model");
    }

    @Test
    void closesTheModelBeforeItsContext() {
        var model = Model.load(Nano.file());
        var context = model.newContext(o -> o.length(256).threads(1));
        context.decode(1, 2, 3);

        model.close();

        assertClosed(() -> context.decode(4), "context");
        assertClosed(context::logits, "context");
        context.close();
    }

    /** Whatever each thread is at, it ends with one of two exceptions, and nothing is freed under a call. */
    @Test
    void survivesBeingClosedAtAnyMoment() throws InterruptedException {
        for (int round = 0; round < 30; round++) {
            var model = Model.load(Nano.file());
            var decoding = new CountDownLatch(2);
            var threads = IntStream.range(0, 4)
                    .mapToObj(i -> Thread.ofPlatform().unstarted(() -> useUntilClosed(model, decoding)))
                    .toList();
            threads.forEach(Thread::start);
            decoding.await();
            assertThatCloses(model);
            for (var thread : threads) {
                assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
            }
        }
    }

    private static void useUntilClosed(Model model, CountDownLatch decoding) {
        try {
            while (true) {
                var context = model.newContext(o -> o.length(256).threads(1));
                var sampler = context.newSampler(Sampling.qwen3Thinking());
                context.prefill(model.tokenizer().encode("What is the capital of France?"));
                for (int i = 0; i < 8; i++) {
                    context.decode(sampler.sample());
                }
                decoding.countDown();
                model.chatTemplate();
                context.close();
            }
        } catch (IllegalStateException | CancelledException e) {
            decoding.countDown();
        }
    }

    private static void assertThatCloses(AutoCloseable handle) {
        long start = System.nanoTime();
        try {
            handle.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(A_SECOND);
    }

    private static void assertClosed(Runnable call, String name) {
        assertThatThrownBy(call::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The " + name + " is closed.");
    }
}
