package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.CancelledException;
import dev.qwen4j.ConcurrentUseException;
import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.nano.Nano;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ConcurrentUseTest {
    @Test
    void tellsASecondThreadWhoIsInside() {
        try (var model = Model.load(Nano.file());
                var context = LongPrefill.newContext(model);
                var sampler = context.newSampler(Sampling.greedy())) {
            var running = LongPrefill.start(context);
            var calls = List.<ThrowingCallable>of(
                    () -> context.decode(1),
                    () -> context.prefill(1, 2),
                    context::logits,
                    context::clear,
                    () -> context.rewind(0),
                    () -> context.newSampler(Sampling.greedy()),
                    sampler::sample);
            for (var call : calls) {
                assertThatThrownBy(call)
                        .isInstanceOf(ConcurrentUseException.class)
                        .hasMessageContainingAll(
                                "The context is in use by thread \"" + LongPrefill.THREAD + "\"",
                                "entered by thread \"" + Thread.currentThread().getName() + "\"");
            }
            assertThat(running.hasEnded()).as("is not disturbed").isFalse();
            context.cancel();
            assertThat(running.thrown()).isInstanceOf(CancelledException.class);
            assertThat(context.position()).isZero();
        }
    }

    /** A model, its vocabulary and its chat template are for all threads; and each may have a context of its own. */
    @Test
    void sharesAModelBetweenThreads() throws InterruptedException, ExecutionException {
        try (var model = Model.load(Nano.file());
                var pool = new ForkJoinPool(4)) {
            var alone = use(model);
            var tasks = IntStream.range(0, 16)
                    .mapToObj(i -> pool.submit(() -> use(model)))
                    .toList();
            for (Future<List<Object>> task : tasks) {
                assertThat(task.get()).isEqualTo(alone);
            }
        }
    }

    private static List<Object> use(Model model) {
        var prompt = model.chatTemplate()
                .render("{\"messages\":[{\"role\":\"user\",\"content\":\"What is the capital of France?\"}]}");
        var tokens = prompt.tokens();
        try (var context = model.newContext(o -> o.length(256).threads(1))) {
            context.prefill(tokens);
            return List.of(
                    prompt.text(),
                    model.tokenizer().decodeWithControl(tokens),
                    context.logits()[0],
                    model.description());
        }
    }
}
