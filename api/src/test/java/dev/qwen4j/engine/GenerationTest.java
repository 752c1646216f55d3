package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.CancelledException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Flow;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reply's handle, between a thread that adds to it as the engine's does and those who read it or wait for it. */
@Timeout(60)
class GenerationTest {
    private static final long SEED = Long.getLong("qwen4j.test.seed", 20260126);

    private final AtomicInteger cancels = new AtomicInteger();
    private final AtomicInteger caughtUp = new AtomicInteger();

    /** One that this thread adds to. */
    private Generation generation(int bufferCapacity) {
        return new Generation(cancels::incrementAndGet, caughtUp::incrementAndGet, bufferCapacity);
    }

    private static void add(Generation generation, int... numbers) {
        for (int number : numbers) {
            generation.add(new Chunk(Integer.toString(number)));
        }
    }

    private static Reply reply() {
        return ChunkProducer.reply(FinishReason.STOP);
    }

    private static List<String> numbers(long count) {
        return LongStream.range(0, count).mapToObj(Long::toString).toList();
    }

    private static List<String> texts(Iterator<Chunk> chunks) {
        var texts = new ArrayList<String>();
        chunks.forEachRemaining(chunk -> texts.add(chunk.text()));
        return texts;
    }

    /** Runs on a virtual thread of its own. */
    private static <T> FutureTask<T> inBackground(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static void awaitWaiting(Thread thread) {
        until(() -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
            Thread.onSpinWait();
        }
    }

    // ---- Iterators

    @Test
    void givesTheFirstReaderWhatCameBefore() {
        var generation = generation(2);
        add(generation, 0, 1, 2, 3, 4);
        assertThat(generation.isBehind()).isFalse();
        var chunks = generation.iterator();
        generation.finish(reply());
        assertThat(texts(chunks)).isEqualTo(numbers(5));
        assertThat(texts(generation.iterator())).isEmpty();
        assertThatThrownBy(chunks::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void givesEachChunkOnceToManyIterators() throws Exception {
        var producer = ChunkProducer.start(10_000, 3);
        var readers = new ArrayList<FutureTask<List<String>>>();
        for (int i = 0; i < 4; i++) {
            readers.add(inBackground(() -> {
                var texts = new ArrayList<String>();
                try {
                    for (var chunk : producer.generation()) {
                        texts.add(chunk.text());
                    }
                } catch (NoSuchElementException e) {
                    // Another one was quicker with the last chunk.
                }
                return texts;
            }));
        }
        var all = new ArrayList<String>();
        for (var reader : readers) {
            var texts = reader.get(30, TimeUnit.SECONDS);
            assertThat(texts.stream().map(Integer::valueOf)).isSorted();
            all.addAll(texts);
        }
        assertThat(all).containsExactlyInAnyOrderElementsOf(numbers(10_000));
    }

    @Test
    void givesTheChunksBeforeAFailure() {
        var generation = generation(8);
        add(generation, 0, 1);
        var failure = new EngineFailedException(new IllegalStateException("on purpose"));
        generation.fail(failure);
        var chunks = generation.iterator();
        assertThat(chunks.next().text()).isEqualTo("0");
        assertThat(chunks.next().text()).isEqualTo("1");
        assertThatThrownBy(chunks::hasNext).isSameAs(failure);
        assertThatThrownBy(chunks::next).isSameAs(failure);
        assertThatThrownBy(generation::await).isSameAs(failure);
        assertThatThrownBy(() -> generation.await(Duration.ofSeconds(1))).isSameAs(failure);
        assertThatThrownBy(() -> generation.completion().toCompletableFuture().join())
                .hasCause(failure);
    }

    @Test
    void streamsAndCancelsWhenTheStreamIsClosed() {
        var producer = ChunkProducer.start(100, 3);
        assertThat(producer.generation().stream().map(Chunk::text)).isEqualTo(numbers(100));

        var endless = ChunkProducer.start(Long.MAX_VALUE, 3);
        try (var chunks = endless.generation().stream()) {
            assertThat(chunks.limit(10).map(Chunk::text)).isEqualTo(numbers(10));
        }
        assertThat(endless.generation().await().finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    // ---- A reader that is behind

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 256})
    void saysOnceThatAReaderCaughtUp(int capacity) {
        var generation = generation(capacity);
        int most = capacity / 2;
        var chunks = generation.iterator();
        for (int crossing = 1; crossing <= 3; crossing++) {
            add(
                    generation,
                    IntStream.range(crossing == 1 ? 0 : most, capacity - 1).toArray());
            assertThat(generation.isBehind()).isFalse();
            add(generation, 1, 2, 3);
            int unread = capacity + 2;
            while (unread > most) {
                assertThat(generation.isBehind()).as("%d unread", unread).isTrue();
                assertThat(caughtUp).hasValue(crossing - 1);
                chunks.next();
                unread--;
            }
            assertThat(generation.isBehind()).isFalse();
            assertThat(caughtUp).hasValue(crossing);
        }
    }

    @Test
    void isBehindFromItsFirstReaderOn() throws Exception {
        var iterated = generation(4);
        add(iterated, 0, 1, 2, 3);
        assertThat(iterated.isBehind()).isFalse();
        var _ = iterated.iterator();
        assertThat(iterated.isBehind()).isTrue();

        var subscribed = generation(4);
        add(subscribed, 0, 1, 2, 3);
        var subscriber = new RecordingSubscriber(0);
        subscribed.publisher().subscribe(subscriber);
        assertThat(subscribed.isBehind()).isTrue();
        subscriber.subscription().request(1);
        subscriber.subscription().request(3);
        subscribed.finish(reply());
        subscriber.awaitCompletion();
        assertThat(subscribed.isBehind()).isFalse();
        assertThat(subscriber.texts()).isEqualTo(numbers(4));
    }

    @Test
    void isNotBehindAtItsEnd() {
        var generation = generation(2);
        var chunks = generation.iterator();
        add(generation, 0, 1, 2);
        assertThat(generation.isBehind()).isTrue();
        generation.finish(reply());
        assertThat(generation.isBehind()).isFalse();
        assertThat(texts(chunks)).isEqualTo(numbers(3));
        assertThat(caughtUp).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void losesNothingOnTheWayToAnIterator(int capacity) {
        var producer = ChunkProducer.start(10_000, capacity);
        assertThat(texts(producer.generation().iterator())).isEqualTo(numbers(10_000));
        // The reader may catch up before the producer has seen that it was behind.
        assertThat(producer.caughtUp()).isGreaterThanOrEqualTo(producer.parked());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void losesNothingOnTheWayToASubscriber(int capacity) throws Exception {
        System.out.println("[generation] seed " + SEED);
        var random = new Random(SEED);
        var producer = ChunkProducer.start(10_000, capacity);
        var subscriber = new RecordingSubscriber(1) {
            private int wanted = 1;
            private final List<Integer> numbers = new ArrayList<>();

            @Override
            public void onNext(Chunk chunk) {
                numbers.add(Integer.valueOf(chunk.text()));
                if (--wanted == 0) {
                    wanted = 1 + random.nextInt(2 * capacity);
                    var subscription = now();
                    subscription.request(wanted);
                }
            }

            private Flow.Subscription now() {
                try {
                    return subscription();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }

            @Override
            List<String> texts() {
                return numbers.stream().map(String::valueOf).toList();
            }
        };
        producer.generation().publisher().subscribe(subscriber);
        subscriber.awaitCompletion();
        assertThat(subscriber.texts()).isEqualTo(numbers(10_000));
    }

    @Test
    void survivesAnEngineThatCannotBeToldOfIt() {
        var generation = new Generation(
                cancels::incrementAndGet,
                () -> {
                    throw new IllegalStateException("on purpose");
                },
                2);
        var chunks = generation.iterator();
        add(generation, 0, 1);
        assertThat(chunks.next().text()).isEqualTo("0");
        assertThat(generation.isBehind()).isFalse();
        assertThat(chunks.next().text()).isEqualTo("1");
    }

    // ---- Waiting for the end

    @Test
    void waitsForNoReaderWhileSomebodyAwaitsTheEnd() throws Exception {
        var generation = generation(2);
        var chunks = generation.iterator();
        add(generation, 0, 1, 2);
        assertThat(generation.isBehind()).isTrue();
        var waiting = new FutureTask<>(generation::await);
        var thread = Thread.ofVirtual().start(waiting);
        awaitWaiting(thread);
        assertThat(generation.isBehind()).isFalse();
        assertThat(caughtUp).hasValue(1);
        add(generation, 3, 4, 5);
        assertThat(generation.isBehind()).isFalse();
        generation.finish(reply());
        assertThat(waiting.get(30, TimeUnit.SECONDS).finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(texts(chunks)).isEqualTo(numbers(6));
    }

    @Test
    void endsForAThreadThatReadALittleAndAwaits() {
        var producer = ChunkProducer.start(1000, 2);
        var chunks = producer.generation().iterator();
        chunks.next();
        assertThat(producer.generation().await().finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(texts(chunks)).hasSize(999);
    }

    @Test
    void waitsForAReaderAgainWhenNobodyAwaitsAnyMore() {
        var generation = generation(2);
        var chunks = generation.iterator();
        add(generation, 0, 1, 2);
        assertThat(generation.await(Duration.ofMillis(1))).isEmpty();
        assertThat(caughtUp).hasValue(1);
        assertThat(generation.isBehind()).isTrue();
        chunks.next();
        chunks.next();
        assertThat(caughtUp).hasValue(2);
        assertThat(cancels).hasValue(0);
    }

    @Test
    void awaitsForAsLongAsItIsTold() throws Exception {
        var generation = generation(2);
        assertThat(generation.await(Duration.ZERO)).isEmpty();
        assertThat(generation.await(Duration.ofSeconds(-1))).isEmpty();
        var waiting = inBackground(() -> generation.await(Duration.ofSeconds(Long.MAX_VALUE)));
        var reply = reply();
        generation.finish(reply);
        assertThat(waiting.get(30, TimeUnit.SECONDS)).containsSame(reply);
        assertThat(generation.await(Duration.ZERO)).containsSame(reply);
        assertThatThrownBy(() -> generation.await(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void cancelsForAThreadThatIsInterrupted() throws Exception {
        var waits = List.<Callable<?>>of(
                () -> generation(2).await(),
                () -> generation(2).await(Duration.ofMinutes(1)),
                () -> generation(2).iterator().hasNext(),
                () -> generation(2).iterator().next());
        for (var wait : waits) {
            var interrupted = new AtomicReference<Boolean>();
            var waiting = new FutureTask<>(() -> {
                try {
                    return wait.call();
                } finally {
                    interrupted.set(Thread.interrupted());
                }
            });
            var thread = Thread.ofVirtual().start(waiting);
            awaitWaiting(thread);
            thread.interrupt();
            assertThat(waiting)
                    .failsWithin(30, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(CancelledException.class);
            assertThat(interrupted).hasValue(true);
        }
        assertThat(cancels).hasValue(waits.size());
    }

    @Test
    void letsManyVirtualThreadsWait() throws Exception {
        var generation = generation(2);
        var waiting = new ArrayList<FutureTask<?>>();
        for (int i = 0; i < 300; i++) {
            waiting.add(inBackground(generation::await));
            waiting.add(inBackground(() -> generation.await(Duration.ofMinutes(1))));
            waiting.add(inBackground(() -> generation.iterator().hasNext()));
        }
        // Gets a carrier, whatever those wait for.
        inBackground(() -> {
                    generation.finish(reply());
                    return true;
                })
                .get(30, TimeUnit.SECONDS);
        for (var each : waiting) {
            each.get(30, TimeUnit.SECONDS);
        }
    }

    // ---- Callbacks

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void callsBackOnVirtualThreads(boolean fails) throws Exception {
        var generation = generation(2);
        var threads = new CopyOnWriteArrayList<Thread>();
        var called = generation
                .completion()
                .handle((_, _) -> threads.add(Thread.currentThread()))
                .toCompletableFuture();
        var subscriber = new RecordingSubscriber(Long.MAX_VALUE);
        generation.publisher().subscribe(subscriber);
        subscriber.subscription();
        add(generation, 0);
        if (fails) {
            generation.fail(new IllegalArgumentException("on purpose"));
            assertThat(subscriber.awaitError()).hasMessage("on purpose");
        } else {
            generation.finish(reply());
            subscriber.awaitCompletion();
        }
        called.get(30, TimeUnit.SECONDS);
        threads.addAll(subscriber.threads());
        assertThat(threads).hasSize(4).allMatch(Thread::isVirtual);
    }

    @Test
    void cannotBeEndedThroughItsCompletion() {
        var generation = generation(2);
        generation.completion().toCompletableFuture().cancel(true);
        generation.completion().toCompletableFuture().complete(null);
        var reply = reply();
        generation.finish(reply);
        assertThat(generation.completion().toCompletableFuture().join()).isSameAs(reply);
        assertThat(cancels).hasValue(0);
    }

    @Test
    void callsSubscribersUnderNoLock() throws Exception {
        var generation = generation(1);
        var subscriber = new RecordingSubscriber(Long.MAX_VALUE) {
            @Override
            public void onNext(Chunk chunk) {
                super.onNext(chunk);
                if (chunk.text().equals("0")) {
                    // Another thread needs every lock there may be.
                    var other = inBackground(() -> {
                        add(generation, 1);
                        generation.isBehind();
                        return generation.await(Duration.ZERO);
                    });
                    assertThat(other).succeedsWithin(Duration.ofSeconds(30));
                }
            }
        };
        generation.publisher().subscribe(subscriber);
        add(generation, 0);
        until(() -> subscriber.texts().size() >= 2);
        generation.finish(reply());
        subscriber.awaitCompletion();
        assertThat(cancels).hasValue(0);
    }

    @Test
    void callsTheEngineUnderNoLock() {
        var generation = new AtomicReference<Generation>();
        var seen = new CompletableFuture<Optional<Reply>>();
        generation.set(new Generation(
                cancels::incrementAndGet,
                () -> seen.complete(inBackgroundNow(() -> generation.get().await(Duration.ZERO))),
                1));
        var chunks = generation.get().iterator();
        add(generation.get(), 0);
        chunks.next();
        assertThat(seen).isCompletedWithValue(Optional.empty());
    }

    private static <T> T inBackgroundNow(Callable<T> work) {
        try {
            return inBackground(work).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- Subscribers

    @Test
    void givesASubscriberWhatItRequests() throws Exception {
        var generation = generation(100);
        add(generation, 0, 1, 2, 3);
        var subscriber = new RecordingSubscriber(2);
        generation.publisher().subscribe(subscriber);
        var subscription = subscriber.subscription();
        generation.finish(reply());
        until(() -> subscriber.texts().size() >= 2);
        assertThat(subscriber.hasEnded()).isFalse();
        subscription.request(1);
        subscription.request(1);
        subscriber.awaitCompletion();
        assertThat(subscriber.texts()).isEqualTo(numbers(4));
    }

    @Test
    void completesASubscriberThatRequestsNothing() throws Exception {
        var generation = generation(2);
        generation.finish(reply());
        var subscriber = new RecordingSubscriber(0);
        generation.publisher().subscribe(subscriber);
        subscriber.awaitCompletion();
    }

    @Test
    void failsASubscriberBehindTheLastChunk() {
        var generation = generation(2);
        add(generation, 0, 1);
        var failure = new EngineFailedException(new IllegalStateException("on purpose"));
        generation.fail(failure);
        var subscriber = new RecordingSubscriber(5);
        generation.publisher().subscribe(subscriber);
        assertThat(subscriber.awaitError()).isSameAs(failure);
        assertThat(subscriber.texts()).isEqualTo(numbers(2));
    }

    @Test
    void hasOneReaderOnly() throws Exception {
        var subscribed = generation(8);
        var first = new RecordingSubscriber(8);
        var second = new RecordingSubscriber(8);
        subscribed.publisher().subscribe(first);
        subscribed.publisher().subscribe(second);
        assertThat(second.awaitError())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("given once");
        second.subscription().request(-1);
        second.subscription().cancel();
        assertThatThrownBy(subscribed::iterator)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("await()");
        assertThatThrownBy(() -> subscribed.stream().toList()).isInstanceOf(IllegalStateException.class);
        add(subscribed, 0, 1, 2);
        subscribed.finish(reply());
        first.awaitCompletion();
        assertThat(first.texts()).isEqualTo(numbers(3));

        var iterated = generation(8);
        var chunks = iterated.iterator();
        var late = new RecordingSubscriber(8);
        iterated.publisher().subscribe(late);
        assertThat(late.awaitError()).isInstanceOf(IllegalStateException.class);
        add(iterated, 0, 1);
        iterated.finish(reply());
        assertThat(texts(chunks)).isEqualTo(numbers(2));
        assertThat(cancels).hasValue(0);
        assertThatThrownBy(() -> iterated.publisher().subscribe(null)).isInstanceOf(NullPointerException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void refusesAnIllegalRequest(long illegal) {
        var producer = ChunkProducer.start(Long.MAX_VALUE, 4);
        var subscriber = new RecordingSubscriber(illegal) {
            @Override
            public void onSubscribe(Flow.Subscription made) {
                super.onSubscribe(made);
                made.request(illegal);
            }
        };
        producer.generation().publisher().subscribe(subscriber);
        assertThat(subscriber.awaitError())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("requested " + illegal + " chunks");
        assertThat(producer.generation().await().finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void cancelsWithItsSubscription() throws Exception {
        var producer = ChunkProducer.start(Long.MAX_VALUE, 4);
        var subscriber = new RecordingSubscriber(100) {
            @Override
            public void onNext(Chunk chunk) {
                super.onNext(chunk);
                if (texts().size() == 10) {
                    try {
                        subscription().cancel();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }
            }
        };
        producer.generation().publisher().subscribe(subscriber);
        assertThat(producer.generation().await().finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(subscriber.texts()).isEqualTo(numbers(10));
        subscriber.subscription().cancel();
        subscriber.subscription().request(5);
        subscriber.subscription().request(0);
        assertThat(subscriber.hasEnded()).isFalse();
    }

    /** Throws where it is told to. */
    private static final class ThrowingSubscriber extends RecordingSubscriber {
        private final String where;
        private final CountDownLatch thrown = new CountDownLatch(1);

        ThrowingSubscriber(String where) {
            super(3);
            this.where = where;
        }

        private void at(String callback) {
            if (where.equals(callback)) {
                thrown.countDown();
                throw new AssertionError("on purpose");
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription made) {
            super.onSubscribe(made);
            at("onSubscribe");
        }

        @Override
        public void onNext(Chunk chunk) {
            super.onNext(chunk);
            at("onNext");
        }

        @Override
        public void onError(Throwable e) {
            super.onError(e);
            at("onError");
        }

        @Override
        public void onComplete() {
            super.onComplete();
            at("onComplete");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"onSubscribe", "onNext"})
    void cancelsForASubscriberThatThrows(String where) {
        var producer = ChunkProducer.start(Long.MAX_VALUE, 4);
        var subscriber = new ThrowingSubscriber(where);
        producer.generation().publisher().subscribe(subscriber);
        assertThat(producer.generation().await().finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(subscriber.texts()).isEqualTo(numbers(where.equals("onNext") ? 1 : 0));
        assertThat(subscriber.hasEnded()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"onError", "onComplete"})
    void hurtsNobodyIfASubscriberThrowsAtTheEnd(String where) throws Exception {
        var generation = generation(4);
        add(generation, 0, 1);
        var subscriber = new ThrowingSubscriber(where);
        generation.publisher().subscribe(subscriber);
        if (where.equals("onError")) {
            generation.fail(new IllegalArgumentException("failed"));
            assertThatThrownBy(generation::await).hasMessage("failed");
        } else {
            generation.finish(reply());
            assertThat(generation.await().finishReason()).isEqualTo(FinishReason.STOP);
        }
        assertThat(subscriber.thrown.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(cancels).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"onSubscribe", "onError"})
    void hurtsNobodyIfARefusedSubscriberThrows(String where) throws Exception {
        var generation = generation(4);
        add(generation, 0);
        var chunks = generation.iterator();
        var subscriber = new ThrowingSubscriber(where);
        generation.publisher().subscribe(subscriber);
        assertThat(subscriber.thrown.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(chunks.next().text()).isEqualTo("0");
        assertThat(cancels).hasValue(0);
    }

    @Test
    void hurtsNobodyIfSubscribersBlockForEver() throws Exception {
        var never = new CountDownLatch(1);
        var blocked = new ArrayList<ChunkProducer>();
        for (int i = 0; i < 100; i++) {
            var producer = ChunkProducer.start(Long.MAX_VALUE, 4);
            blocked.add(producer);
            var blocking = new CountDownLatch(1);
            producer.generation().publisher().subscribe(new RecordingSubscriber(10) {
                @Override
                public void onNext(Chunk chunk) {
                    blocking.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            assertThat(blocking.await(30, TimeUnit.SECONDS)).isTrue();
        }
        var other = ChunkProducer.start(1000, 4);
        var subscriber = new RecordingSubscriber(Long.MAX_VALUE);
        other.generation().publisher().subscribe(subscriber);
        subscriber.awaitCompletion();
        assertThat(subscriber.texts()).isEqualTo(numbers(1000));
        for (var producer : blocked) {
            producer.generation().cancel();
            assertThat(producer.generation()
                            .completion()
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS)
                            .finishReason())
                    .isEqualTo(FinishReason.CANCELLED);
        }
        never.countDown();
    }

    // ---- Its end

    @Test
    void cancelsOnce() {
        var generation = generation(2);
        var _ = generation.iterator();
        add(generation, 0, 1, 2);
        assertThat(generation.isBehind()).isTrue();
        generation.close();
        generation.cancel();
        generation.close();
        assertThat(cancels).hasValue(1);
        assertThat(generation.isBehind()).isFalse();
    }

    @Test
    void cannotBeCancelledWhenItHasEnded() {
        var generation = generation(2);
        generation.finish(reply());
        generation.cancel();
        generation.close();
        assertThat(cancels).hasValue(0);
        assertThat(generation.await().finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void endsOnceWhereverItIsClosed() throws Exception {
        System.out.println("[generation] seed " + SEED);
        var random = new Random(SEED);
        int cancelled = 0;
        for (int round = 0; round < 2000; round++) {
            int count = 1 + random.nextInt(30);
            int read = random.nextInt(count);
            boolean subscribes = random.nextBoolean();
            var producer = new ChunkProducer(count, 1 + random.nextInt(4));
            var generation = producer.generation();
            var barrier = new CyclicBarrier(2);
            var subscriber = new RecordingSubscriber(Long.MAX_VALUE);
            if (subscribes) {
                generation.publisher().subscribe(subscriber);
            }
            var closing = inBackground(() -> {
                barrier.await(30, TimeUnit.SECONDS);
                if (!subscribes) {
                    var chunks = generation.iterator();
                    for (int i = 0; i < read && chunks.hasNext(); i++) {
                        chunks.next();
                    }
                }
                generation.close();
                return true;
            });
            barrier.await(30, TimeUnit.SECONDS);
            producer.run();
            closing.get(30, TimeUnit.SECONDS);
            var reply = generation.await(Duration.ZERO).orElseThrow();
            cancelled += reply.finishReason() == FinishReason.CANCELLED ? 1 : 0;
            if (subscribes) {
                subscriber.awaitCompletion();
                assertThat(subscriber.texts())
                        .isEqualTo(numbers(subscriber.texts().size()));
                assertThat(reply.finishReason() == FinishReason.CANCELLED
                                || subscriber.texts().size() == count)
                        .isTrue();
            }
        }
        System.out.printf("[generation] closed before the end %d times of 2000%n", cancelled);
        assertThat(cancelled).isPositive();
    }
}
