package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.CancelledException;
import dev.qwen4j.Context;
import dev.qwen4j.ContextFullException;
import dev.qwen4j.EvalListener;
import dev.qwen4j.EvalNode;
import dev.qwen4j.EvalTensor;
import dev.qwen4j.LlamaException;
import dev.qwen4j.Model;
import dev.qwen4j.Qwen4jException;
import dev.qwen4j.RopeScaling;
import dev.qwen4j.ThreadPool;
import dev.qwen4j.ThreadPoolOptions;
import dev.qwen4j.nano.Nano;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a context computes on, and what it says of it. */
class ComputingTest {
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

    private static float[] logits(Context context) {
        context.clear();
        context.decode(PROMPT);
        context.decode(1);
        return context.logits();
    }

    /** Some of a batch was computed on threads that are replaced before all of another one is. */
    @Test
    void onOtherThreadsAfterABatchThatWasCancelled() {
        var armed = new AtomicBoolean();
        var cancelled = new AtomicReference<Context>();
        var listener = new EvalListener() {
            @Override
            public boolean wants(EvalNode node) {
                if (armed.get()) {
                    cancelled.get().cancel();
                }
                return false;
            }

            @Override
            public void computed(EvalTensor tensor) {}
        };
        for (int threads = 1; threads <= 2; threads++) {
            int count = threads;
            try (var context =
                    model.newContext(o -> o.length(256).threads(count).evalListener(listener))) {
                cancelled.set(context);
                for (int round = 0; round < 20; round++) {
                    context.clear();
                    context.decode(1);
                    context.setThreads(count, count);
                    armed.set(true);
                    assertThatThrownBy(() -> context.decode(2)).isInstanceOf(CancelledException.class);
                    armed.set(false);
                    context.setThreads(count, count);
                    // Takes the memory of pools that were freed.
                    try (var other = model.newContext(o -> o.length(64).threads(count))) {
                        context.decode(3);
                        other.decode(1);
                    }
                }
            }
        }
    }

    /** The shift is computed on the new threads; then the batch finds no room. */
    @Test
    void onOtherThreadsAfterAShiftAndABatchWithoutRoom() {
        try (var context = model.newContext(
                o -> o.length(256).maxSequences(2).unified(true).threads(1))) {
            for (int round = 0; round < 20; round++) {
                context.clear();
                context.prefill(new int[200]);
                context.setThreads(1, 1);
                context.kvCache().remove(0, 10, 12);
                context.kvCache().shift(0, 12, 1000, -2);
                var second = new Batch();
                for (int i = 0; i < 100; i++) {
                    second.add(5, 1, false);
                }
                assertThatThrownBy(() -> context.decode(second)).isInstanceOf(ContextFullException.class);
                context.setThreads(1, 1);
                try (var other = model.newContext(o -> o.length(64).threads(1))) {
                    context.decode(3);
                    other.decode(1);
                }
            }
        }
    }

    /** What a batch that is refused leaves to be computed on is what the threads before were paused for. */
    @Test
    void onOtherThreadsAfterABatchThatWasRefused() {
        try (var pool = ThreadPool.start(ThreadPoolOptions.of(2));
                var context = model.newContext(o -> o.length(256).threads(1))) {
            var expected = logits(context);
            for (int round = 0; round < 20; round++) {
                if (round % 2 == 0) {
                    context.setThreads(2, 1);
                } else {
                    context.attach(pool, pool);
                }
                var torn = new Batch().addAt(1, 200, true, 0);
                assertThatThrownBy(() -> context.decode(torn)).isInstanceOf(LlamaException.class);
                assertThat(logits(context)).isEqualTo(expected);
            }
        }
    }

    @Test
    void onAnotherNumberOfThreads() {
        try (var context = model.newContext(o -> o.length(256).threads(1))) {
            var expected = logits(context);
            context.setThreads(2, 1);
            assertThat(context.threads()).isEqualTo(2);
            assertThat(context.batchThreads()).isEqualTo(1);
            assertThat(logits(context)).isEqualTo(expected);
            for (int count : new int[] {0, -1, 513}) {
                assertThatThrownBy(() -> context.setThreads(count, 1)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> context.setThreads(1, count)).isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void onThreadsThatContextsShare() throws Exception {
        var options = ThreadPoolOptions.of(2).poll(0).cpus(new TreeSet<>(List.of(0, 1)));
        var single = ThreadPool.start(ThreadPoolOptions.of(1));
        try (var pool = ThreadPool.start(options);
                var one = model.newContext(o -> o.length(256).threads(1));
                var two = model.newContext(o -> o.length(256).threads(1))) {
            var expected = logits(one);
            one.attach(pool, single);
            two.attach(single, pool);
            assertThat(one.threads()).isEqualTo(2);
            assertThat(two.batchThreads()).isEqualTo(2);
            var other = CompletableFuture.supplyAsync(() -> logits(two));
            assertThat(logits(one)).isEqualTo(expected);
            assertThat(other.get()).isEqualTo(expected);

            single.close();
            assertThat(logits(one)).isEqualTo(expected);
            assertThatThrownBy(() -> one.attach(single, single))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("thread pool is closed");
            one.setThreads(1, 1);
            two.setThreads(1, 1);
            assertThat(logits(one)).isEqualTo(expected);
        }
    }

    @Test
    void refusesThreadsThatCannotBe() {
        for (int count : new int[] {0, -1, 513}) {
            assertThatThrownBy(() -> ThreadPoolOptions.of(count)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> ThreadPoolOptions.of(1).poll(101)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ThreadPoolOptions.of(1).cpus(new TreeSet<>(List.of(512))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cpus has 512");
    }

    @Test
    void countsWhatItComputed() {
        try (var context = model.newContext(o -> o.length(256).threads(1).timings(true))) {
            logits(context);
            assertThat(context.timings().promptTokens()).isEqualTo(PROMPT.length);
            assertThat(context.timings().generatedTokens()).isEqualTo(1);
            assertThat(context.timings().promptTime()).isPositive();
            assertThat(context.timings().generationTime()).isPositive();
            context.resetTimings();
            assertThat(context.timings().promptTime()).isEqualTo(Duration.ZERO);
        }
    }

    @Test
    void withPositionsThatAreStretched() {
        var plain = with(RopeScaling.model());
        assertThat(with(RopeScaling.linear(4))).isNotEqualTo(plain).doesNotContain(Float.NaN);
        assertThat(with(RopeScaling.yarn(4))).isNotEqualTo(plain).doesNotContain(Float.NaN);
        assertThatThrownBy(() -> RopeScaling.linear(0.5f)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RopeScaling.yarn(Float.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RopeScaling(RopeScaling.Method.LINEAR, Float.NaN, 1, -1, -1, -1, -1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("frequencyBase");
    }

    private float[] with(RopeScaling scaling) {
        try (var context = model.newContext(o -> o.length(256).threads(1).ropeScaling(scaling))) {
            return logits(context);
        }
    }

    @Test
    void showsWhatItComputes() {
        var seen = new ArrayList<EvalNode>();
        var outputs = new ArrayList<float[]>();
        var listener = new EvalListener() {
            @Override
            public boolean wants(EvalNode node) {
                seen.add(node);
                return node.name().equals("result_output");
            }

            @Override
            public void computed(EvalTensor tensor) {
                assertThat(tensor.node().shape()).containsExactly(4464L, 1L, 1L, 1L);
                outputs.add(tensor.toFloats());
            }
        };
        try (var context = model.newContext(o -> o.length(256).threads(1).evalListener(listener))) {
            context.decode(PROMPT);
            assertThat(outputs).hasSize(1);
            assertThat(outputs.getFirst()).isEqualTo(context.logits());
            assertThat(seen).extracting(EvalNode::operation).contains("MUL_MAT", "RMS_NORM");
        }
    }

    @Test
    void endsADecodeWhoseListenerThrows() {
        for (boolean early : new boolean[] {true, false}) {
            var fails = new boolean[1];
            var listener = new EvalListener() {
                @Override
                public boolean wants(EvalNode node) {
                    if (fails[0] && early && node.name().equals("l_out-1")) {
                        throw new IllegalStateException("not this");
                    }
                    return node.name().equals("l_out-1");
                }

                @Override
                public void computed(EvalTensor tensor) {
                    if (fails[0]) {
                        throw new IllegalStateException("not this");
                    }
                }
            };
            try (var context = model.newContext(o -> o.length(256).threads(1).evalListener(listener))) {
                var expected = logits(context);
                fails[0] = true;
                assertThatThrownBy(() -> context.decode(5))
                        .isInstanceOf(Qwen4jException.class)
                        .hasMessageContaining("eval listener")
                        .hasRootCauseMessage("not this");
                assertThat(context.position()).isEqualTo(PROMPT.length + 1);
                fails[0] = false;
                context.decode(5);
                assertThat(logits(context)).isEqualTo(expected);
            }
        }
    }
}
