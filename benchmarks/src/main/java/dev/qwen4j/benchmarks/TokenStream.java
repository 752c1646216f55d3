package dev.qwen4j.benchmarks;

import dev.qwen4j.engine.Generation;
import dev.qwen4j.engine.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A session that generates reply after reply from the same beginning until it is closed, and when its text came: what a reader sees, on a virtual thread. For any
 * thread.
 */
final class TokenStream implements AutoCloseable {
    private final Session session;
    private final int tokens;
    private final int length;
    private final Object lock = new Object();
    private final List<Long> arrivals = new ArrayList<>();
    private final CompletableFuture<@Nullable Void> end;
    private @Nullable Generation current;
    private boolean closing;

    /**
     * Starts it.
     *
     * @param tokens how many each reply has; each is a little later, since it is asked for anew
     */
    TokenStream(Session session, int tokens) {
        this.session = session;
        this.tokens = tokens;
        this.length = session.length();
        this.end = CompletableFuture.runAsync(this::read, Thread::startVirtualThread);
    }

    static List<TokenStream> of(List<Session> sessions, int tokens) {
        return sessions.stream()
                .map(session -> new TokenStream(session, tokens))
                .toList();
    }

    private void read() {
        for (var generation = next(); generation != null; generation = next()) {
            for (var _ : generation) {
                synchronized (lock) {
                    arrivals.add(System.nanoTime());
                }
            }
            generation.await();
            session.rewind(length);
        }
    }

    private @Nullable Generation next() {
        synchronized (lock) {
            current = closing ? null : EngineSide.generate(session, tokens);
            return current;
        }
    }

    /**
     * When text came, {@link System#nanoTime}.
     *
     * @throws IllegalStateException if it failed
     */
    List<Long> arrivals() {
        if (end.isCompletedExceptionally()) {
            try {
                end.join();
            } catch (CompletionException e) {
                throw new IllegalStateException("A session stopped generating: " + e.getMessage(), e);
            }
        }
        synchronized (lock) {
            return List.copyOf(arrivals);
        }
    }

    /** Pieces of text a second, of all streams, between two times. */
    static double rate(List<TokenStream> streams, long from, long to) {
        long count = streams.stream()
                .flatMap(stream -> stream.arrivals().stream())
                .filter(time -> time >= from && time < to)
                .count();
        return count / ((to - from) / 1e9);
    }

    /** Milliseconds between one piece of text and the next of the same stream, of all gaps that reach into what is between two times. */
    static Sample gaps(List<TokenStream> streams, long from, long to) {
        return new Sample(streams.stream()
                .flatMapToDouble(stream -> {
                    var times = new ArrayList<>(stream.arrivals());
                    // One that has not come yet is as late as it is.
                    times.add(System.nanoTime());
                    return IntStream.range(1, times.size())
                            .filter(i -> times.get(i) > from && times.get(i - 1) < to)
                            .mapToDouble(i -> (times.get(i) - times.get(i - 1)) / 1e6);
                })
                .toArray());
    }

    @Override
    public void close() {
        synchronized (lock) {
            closing = true;
            if (current != null) {
                current.cancel();
            }
        }
        // Its failure was told when its figures were asked for.
        end.handle((_, _) -> true).join();
        session.close();
    }
}
