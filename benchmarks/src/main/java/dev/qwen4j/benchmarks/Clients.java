package dev.qwen4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Virtual threads of this JVM that ask, each of them again when it has its answer. */
final class Clients {
    private Clients() {}

    /**
     * Seconds until all prompts are answered.
     *
     * @param atOnce how many clients there are
     * @param ask waits for the answer to one
     * @throws IllegalStateException if an answer fails
     */
    static double secondsFor(List<int[]> prompts, int atOnce, Consumer<int[]> ask) {
        var next = new AtomicInteger();
        long start = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var clients = new ArrayList<Future<?>>();
            for (int i = 0; i < atOnce; i++) {
                clients.add(threads.submit(() -> {
                    for (int taken = next.getAndIncrement(); taken < prompts.size(); taken = next.getAndIncrement()) {
                        ask.accept(prompts.get(taken));
                    }
                }));
            }
            for (var client : clients) {
                client.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("A client got no answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while clients wait for answers.", e);
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
