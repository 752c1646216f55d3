package dev.qwen4j.loader;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** A program with two copies of Qwen4j in it, as two web applications on one server; they share SLF4J. */
final class TwoClassLoaders {
    private static final int ROUNDS = 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final ConcurrentLinkedQueue<String> LOGGED = new ConcurrentLinkedQueue<>();

    private TwoClassLoaders() {}

    public static void main(String[] args) throws Exception {
        captureLog();
        try (var second = new IsolatedCopy()) {
            var first = useBothAndCloseTheFirst(second);
            require(isCollected(first), "the first was collected");

            LOGGED.clear();
            require(second.ask().contains("Paris"), "the second answered");
            require(LOGGED.stream().anyMatch(line -> line.contains("n_ctx")), "and logged");
        }
    }

    private static WeakReference<ClassLoader> useBothAndCloseTheFirst(IsolatedCopy second) throws Exception {
        try (var first = new IsolatedCopy()) {
            require(first.loadsItsOwn("dev.qwen4j.Model") && second.loadsItsOwn("dev.qwen4j.Model"), "two copies");
            var together = new CyclicBarrier(2);
            var answers = List.of(manyAnswers(first, together), manyAnswers(second, together));
            for (var answer : answers) {
                require(answer.get(), "answered together");
            }
            return new WeakReference<>(first.loader());
        }
    }

    /** Asks again and again, each time at once with the other one. */
    private static FutureTask<Boolean> manyAnswers(IsolatedCopy copy, CyclicBarrier together) {
        var task = new FutureTask<>(() -> {
            boolean right = true;
            for (int i = 0; i < ROUNDS; i++) {
                together.await();
                right &= copy.ask().contains("Paris");
            }
            return right;
        });
        Thread.ofPlatform().start(task);
        return task;
    }

    /** It takes a few collections: handles go through their Cleaner first. */
    private static boolean isCollected(WeakReference<ClassLoader> loader) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!loader.refersTo(null) && System.nanoTime() < deadline) {
            System.gc();
        }
        return loader.refersTo(null);
    }

    private static void captureLog() {
        var appender = new AppenderBase<ILoggingEvent>() {
            @Override
            protected void append(ILoggingEvent event) {
                LOGGED.add(event.getFormattedMessage());
            }
        };
        appender.start();
        var llama = (Logger) LoggerFactory.getLogger("dev.qwen4j.llama");
        llama.setLevel(Level.DEBUG);
        llama.setAdditive(false);
        llama.addAppender(appender);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("Not so: " + what);
        }
        System.out.println(what);
    }
}
