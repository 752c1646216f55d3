package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.fail;

import dev.qwen4j.ConcurrentUseException;
import dev.qwen4j.Context;
import dev.qwen4j.Model;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A thread that is inside a decode of many seconds: thousands of tokens, computed one by one. */
final class LongPrefill {
    static final String THREAD = "the one that decodes";
    private static final int TOKENS = 16_000;
    private static final Duration MOST = Duration.ofSeconds(20);

    private final CompletableFuture<Optional<Throwable>> end = new CompletableFuture<>();

    private LongPrefill() {}

    static Context newContext(Model model) {
        return model.newContext(
                o -> o.length(TOKENS + 512).batchSize(TOKENS).microBatchSize(1).threads(1));
    }

    /** Returns when the thread is inside. */
    static LongPrefill start(Context context) {
        var running = new LongPrefill();
        Thread.ofPlatform().daemon().name(THREAD).start(() -> running.run(context));
        long deadline = System.nanoTime() + MOST.toNanos();
        while (!isInside(context)) {
            if (System.nanoTime() > deadline || running.end.isDone()) {
                fail("The prefill did not begin, or ended before it was seen: %s", running.end);
            }
            Thread.onSpinWait();
        }
        return running;
    }

    private void run(Context context) {
        try {
            while (!prefilled(context)) {
                Thread.onSpinWait();
            }
            end.complete(Optional.empty());
        } catch (Throwable e) {
            end.complete(Optional.of(e));
        }
    }

    /** False if the one who looks whether it is inside was inside. */
    private static boolean prefilled(Context context) {
        var tokens = new int[TOKENS];
        Arrays.fill(tokens, 100);
        try {
            context.prefill(tokens);
            return true;
        } catch (ConcurrentUseException e) {
            return false;
        }
    }

    private static boolean isInside(Context context) {
        try {
            context.position();
            return false;
        } catch (ConcurrentUseException e) {
            return true;
        }
    }

    /** What the thread's decode threw, when it has ended. */
    Throwable thrown() {
        try {
            return end.get(MOST.toSeconds(), TimeUnit.SECONDS)
                    .orElseThrow(() -> new AssertionError("The prefill ran to its end."));
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    boolean hasEnded() {
        return end.isDone();
    }
}
