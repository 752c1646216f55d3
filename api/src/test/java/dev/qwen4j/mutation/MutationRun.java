package dev.qwen4j.mutation;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.RunningChild;
import dev.qwen4j.nano.Nano;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Opens the mutants of many seeds, in child JVMs of limited memory, and counts how that ends. */
final class MutationRun {
    /** How an opening ended. */
    enum Ending {
        ANSWERED,
        REFUSED,
        CAUGHT,
        UNTYPED,
        DIED,
        HUNG
    }

    /** One that ended as none may. */
    record Failure(Ending ending, String seed, String words) {
        @Override
        public String toString() {
            return ending + ": " + seed + "\n    " + words;
        }
    }

    private static final Duration MOST = Duration.ofSeconds(30);

    /** Address space: the JVM's own takes one, and what a hundred of these models need is far below. */
    private static final long MOST_BYTES = 4L << 30;

    private static final int CHILDREN = 2;

    private final Path architectures;
    private final Path folder;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Ending, Integer> counts = new EnumMap<>(Ending.class);
    private final List<Failure> failures = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    MutationRun(Path architectures, Path folder) {
        this.architectures = architectures;
        this.folder = folder;
    }

    /** Opens those of seeds in a row. */
    void run(long first, long count) throws InterruptedException {
        var next = new AtomicLong(first);
        var workers = new ArrayList<Thread>();
        for (int i = 0; i < CHILDREN; i++) {
            workers.add(Thread.ofPlatform().start(() -> work(next, first + count)));
        }
        for (var worker : workers) {
            worker.join();
        }
    }

    int count(Ending ending) {
        return counts.getOrDefault(ending, 0);
    }

    List<Failure> failures() {
        return failures;
    }

    /** Every seed with its mutant and its ending. */
    List<String> lines() {
        return lines;
    }

    private void work(AtomicLong next, long end) {
        var pending = Optional.of(next.getAndIncrement());
        while (pending.get() < end) {
            try (var child = start()) {
                boolean going = child.nextLine(MOST).filter("ready"::equals).isPresent();
                if (!going) {
                    throw new AssertionError("The child JVM did not start. " + child.kill());
                }
                while (going && pending.get() < end) {
                    going = open(child, pending.get());
                    pending = Optional.of(next.getAndIncrement());
                }
            }
        }
    }

    /** Whether the child can go on. */
    private boolean open(RunningChild child, long seed) {
        child.writeLine(Long.toString(seed));
        var mutant = child.nextLine(MOST).orElse("seed " + seed);
        long since = System.nanoTime();
        var ending = child.nextLine(MOST);
        if (ending.isEmpty()) {
            boolean hung = System.nanoTime() - since >= MOST.toNanos();
            var result = child.kill();
            record(hung ? Ending.HUNG : Ending.DIED, mutant, "exit code " + result.exitCode() + " " + result.stderr());
            return false;
        }
        var words = ending.get();
        record(Ending.valueOf(words.substring(0, words.indexOf(' '))), mutant, words);
        return !words.contains(" SPOILT ");
    }

    private void record(Ending ending, String mutant, String words) {
        lock.lock();
        try {
            counts.merge(ending, 1, Integer::sum);
            lines.add(mutant + "\n    " + (words.length() > 2000 ? words.substring(words.length() - 2000) : words));
            if (ending != Ending.ANSWERED && ending != Ending.REFUSED) {
                failures.add(new Failure(ending, mutant, words));
            }
        } finally {
            lock.unlock();
        }
    }

    private RunningChild start() {
        return ChildJvm.of(MutantsMain.class)
                .under("prlimit", "--as=" + MOST_BYTES, "--core=0")
                .jvm("-Xmx256m", "-XX:ReservedCodeCacheSize=48m", "-XX:CompressedClassSpaceSize=64m")
                .jvm("-Dlogback.configurationFile="
                        + System.getProperty("qwen4j.mutations.logback", "logback-silent.xml"))
                .env("MALLOC_ARENA_MAX", "2")
                .args(Nano.file(), architectures, folder)
                .timeout(Duration.ofHours(10))
                .start();
    }
}
