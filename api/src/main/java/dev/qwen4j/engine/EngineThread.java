package dev.qwen4j.engine;

import dev.qwen4j.Batch;
import dev.qwen4j.CancelledException;
import dev.qwen4j.Context;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.Tokenizer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that a context's computations run on: admits requests from a queue, computes a token of each that generates and a part of each prompt in one
 * batch, samples, and hands out what came of it.
 */
final class EngineThread implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(EngineThread.class);

    private final Supplier<Context> contexts;
    private final Tokenizer tokenizer;
    private final EngineOptions engineOptions;
    private final StepBudget budget;
    private final int limit;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Request> queue = new ArrayDeque<>();
    private int unfinished;
    private volatile boolean closing;
    /** Some request was cancelled since the last step; most steps need not look for one. */
    private volatile boolean cancelling;

    // The thread's own.
    private final List<Request> active = new ArrayList<>();
    private Context context;
    private PrefixTree tree;
    private long reused;
    private long computed;
    private long generated;
    private long preemptions;
    private long steps;
    private volatile Stats stats;
    /** The context, while it computes nothing but prompts, which may be given up. */
    private volatile @Nullable Context stoppable;

    EngineThread(Supplier<Context> contexts, Context first, Tokenizer tokenizer, EngineOptions options) {
        this.contexts = contexts;
        this.tokenizer = tokenizer;
        this.engineOptions = options;
        this.budget = new StepBudget(options.stepBudget());
        this.limit = first.sequenceLength();
        this.context = first;
        this.tree = newTree();
        this.stats = snapshot();
    }

    private PrefixTree newTree() {
        var traits = context.model().traits();
        return new PrefixTree(context.kvCache(), context.length(), !traits.recurrent() && !traits.hybrid());
    }

    /** The most tokens of a sequence. */
    int limit() {
        return limit;
    }

    Stats stats() {
        lock.lock();
        try {
            var last = stats;
            return new Stats(
                    queue.size(),
                    last.active(),
                    last.cachedTokens(),
                    last.capacity(),
                    last.cachedSequences(),
                    last.reusedTokens(),
                    last.computedTokens(),
                    last.generatedTokens(),
                    last.preemptions(),
                    last.steps());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a request.
     *
     * @throws RejectedException if too many wait
     * @throws IllegalStateException if the engine is closed
     */
    Generation submit(Session session, int[] prompt, Optional<GenerationOptions> options) {
        var request =
                new Request(session, prompt, options, tokenizer.newStreamingDecoder(), this::wake, this::finished);
        submit(request);
        return request.generation();
    }

    private void submit(Request request) {
        lock.lock();
        try {
            if (closing) {
                throw new IllegalStateException("The engine is closed.");
            }
            if (queue.size() >= engineOptions.queueCapacity()) {
                throw new RejectedException(engineOptions.queueCapacity());
            }
            queue.add(request);
            unfinished++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A request was cancelled. Any thread. */
    void wake() {
        cancelling = true;
        var computing = stoppable;
        if (computing != null) {
            computing.cancel();
        }
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more requests, and ends those that there are; returns at once. Any thread. */
    void close() {
        lock.lock();
        try {
            closing = true;
        } finally {
            lock.unlock();
        }
        wake();
    }

    /** Waits until all that was asked for is done; says whether it is. */
    boolean awaitIdle(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (unfinished > 0) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            while (awaitWork()) {
                step();
            }
            end(request -> request.finish(FinishReason.CANCELLED));
        } catch (Throwable e) {
            log.error("The engine ended", e);
            end(request -> request.fail(new EngineFailedException(e)));
        }
    }

    private boolean awaitWork() {
        lock.lock();
        try {
            stats = snapshot();
            changed.signalAll();
            while (!closing && active.isEmpty() && queue.isEmpty()) {
                changed.awaitUninterruptibly();
            }
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    private void end(Consumer<Request> ending) {
        List<Request> waiting;
        lock.lock();
        try {
            closing = true;
            waiting = List.copyOf(queue);
            queue.clear();
        } finally {
            lock.unlock();
        }
        active.forEach(ending);
        active.clear();
        waiting.forEach(ending);
        context.close();
    }

    /** A request ended. */
    private void finished() {
        lock.lock();
        try {
            unfinished--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Stats snapshot() {
        return new Stats(
                0,
                active.size(),
                tree.cells(),
                tree.capacity(),
                tree.held(),
                reused,
                computed,
                generated,
                preemptions,
                steps);
    }

    private void step() {
        endCancelled();
        admit();
        if (!active.isEmpty()) {
            compute();
        }
    }

    private void endCancelled() {
        if (!cancelling) {
            return;
        }
        cancelling = false;
        for (var request : List.copyOf(active)) {
            if (request.isCancelled()) {
                finish(request, FinishReason.CANCELLED);
            }
        }
        List<Request> cancelled = new ArrayList<>();
        lock.lock();
        try {
            queue.removeIf(request -> request.isCancelled() && cancelled.add(request));
        } finally {
            lock.unlock();
        }
        cancelled.forEach(request -> request.finish(FinishReason.CANCELLED));
    }

    private void finish(Request request, FinishReason reason) {
        active.remove(request);
        tree.release(request.sequence());
        request.finish(reason);
    }

    /** Begins what waits, in the order in which it was asked for, as far as there is room; one may pass another that waits for a prefix to be computed. */
    private void admit() {
        if (active.size() >= engineOptions.maxActive()) {
            return;
        }
        for (var request : waiting()) {
            if (active.size() >= engineOptions.maxActive()) {
                return;
            }
            var prompt = request.tokens().toArray();
            boolean generates = request.options().isPresent();
            var match = tree.match(prompt, generates ? prompt.length - 1 : prompt.length);
            if (match.filter(found -> found.sequence().computed() < found.length())
                    .isPresent()) {
                continue; // another request is computing it
            }
            var sequence = tree.open(prompt, match);
            if (sequence.isEmpty()) {
                return;
            }
            begin(request, sequence.get());
        }
    }

    private List<Request> waiting() {
        lock.lock();
        try {
            return List.copyOf(queue);
        } finally {
            lock.unlock();
        }
    }

    private void begin(Request request, CachedSequence sequence) {
        lock.lock();
        try {
            queue.remove(request);
        } finally {
            lock.unlock();
        }
        reused += sequence.computed();
        request.begin(sequence);
        active.add(request);
        try {
            if (request.options().isPresent() && request.sampler().isEmpty()) {
                request.sampler(newSampler(request, request.options().get()));
            }
        } catch (RuntimeException e) {
            active.remove(request);
            tree.release(sequence);
            request.fail(e);
            return;
        }
        if (request.uncomputed() == 0) {
            finish(request, FinishReason.LENGTH);
        }
    }

    /** Keeps a reply from ending. */
    private SamplingStage banOfEnds() {
        var ends = new HashMap<Integer, Float>();
        for (int token = 0; token < tokenizer.size(); token++) {
            if (tokenizer.isEndOfGeneration(token)) {
                ends.put(token, Float.NEGATIVE_INFINITY);
            }
        }
        return new SamplingStage.LogitBias(ends);
    }

    private Sampler newSampler(Request request, GenerationOptions generation) {
        var sampling = generation.sampling();
        if (generation.minTokens() > 0) {
            var stages = new ArrayList<>(sampling.stages());
            stages.addFirst(banOfEnds());
            sampling = Sampling.of(stages);
        }
        var sampler = context.newSampler(sampling);
        sampler.acceptPrompt(request.tokens().toArray());
        return sampler;
    }

    private void compute() {
        var batch = new Batch();
        var parts = new ArrayList<Part>();
        int generating = 0;
        for (var request : active) {
            if (request.uncomputed() == 1) {
                parts.add(add(batch, request, 1));
                generating++;
            }
        }
        int most = Math.min(context.microBatchSize(), context.batchSize()) - generating;
        int room = generating == 0 ? most : budget.promptTokens(generating, most);
        for (var request : active) {
            if (request.uncomputed() > 1 && room > 0) {
                int count = Math.min(request.uncomputed(), room);
                parts.add(add(batch, request, count));
                room -= count;
            }
        }
        long start = System.nanoTime();
        try {
            stoppable = generating == 0 ? context : null;
            if (closing || active.stream().anyMatch(Request::isCancelled)) {
                return; // cancelling stops what runs, and this did not yet
            }
            context.decode(batch);
        } catch (CancelledException e) {
            return;
        } catch (RuntimeException e) {
            startAnew(e);
            return;
        } finally {
            stoppable = null;
        }
        steps++;
        computed += batch.size();
        budget.took(System.nanoTime() - start, batch.size());
        for (var part : parts) {
            part.request.sequence().computed(part.request.sequence().computed() + part.count);
        }
        for (var part : parts) {
            // One that was computed may have given way to one that was sampled before.
            if (part.request.isActive() && part.request.uncomputed() == 0) {
                sample(part.request, part.last);
            }
        }
    }

    /** A request's tokens in a batch. */
    private record Part(Request request, int count, int last) {}

    private static Part add(Batch batch, Request request, int count) {
        var sequence = request.sequence();
        int from = sequence.computed();
        for (int i = from; i < from + count; i++) {
            boolean output =
                    request.options().isPresent() && i == request.tokens().size() - 1;
            batch.add(request.tokens().get(i), sequence.id(), output);
        }
        return new Part(request, count, batch.size() - 1);
    }

    private void sample(Request request, int index) {
        var sampler = request.sampler();
        if (sampler.isEmpty()) {
            finish(request, FinishReason.LENGTH);
            return;
        }
        try {
            var minTokens = request.options().orElseThrow().minTokens();
            if (minTokens > 0
                    && request.generatedTokens() == minTokens
                    && sampler.get().stages().size()
                            > request.options()
                                    .orElseThrow()
                                    .sampling()
                                    .stages()
                                    .size()) {
                sampler.get().remove(0);
            }
            int token = sampler.get().sample(index);
            boolean ends = tokenizer.isEndOfGeneration(token);
            var last = request.accept(token, ends);
            generated += ends ? 0 : 1;
            if (last.isPresent()) {
                finish(request, last.get());
            } else if (request.tokens().size() > limit) {
                finish(request, FinishReason.CONTEXT_FULL);
            } else {
                makeRoomFor(request, token);
            }
        } catch (RuntimeException e) {
            active.remove(request);
            tree.release(request.sequence());
            request.fail(e);
        }
    }

    /** Plans the token that comes next; where there is no room, those that began last give way, and are computed again later. */
    private void makeRoomFor(Request request, int token) {
        while (!tree.append(request.sequence(), token)) {
            var youngest = active.getLast();
            if (youngest == request && active.size() == 1) {
                finish(request, FinishReason.CONTEXT_FULL);
                return;
            }
            suspend(youngest);
            if (youngest == request) {
                return;
            }
        }
    }

    private void suspend(Request request) {
        preemptions++;
        active.remove(request);
        tree.release(request.sequence());
        request.suspend();
        lock.lock();
        try {
            queue.addFirst(request);
        } finally {
            lock.unlock();
        }
    }

    /** Computing failed in a way that no request asked for: those that were computed fail, and the others go on in a new context. */
    private void startAnew(RuntimeException e) {
        log.warn("Computing failed; the engine goes on in a new context", e);
        var failed = new EngineFailedException(e);
        for (var request : List.copyOf(active)) {
            request.fail(failed);
        }
        active.clear();
        context.close();
        context = contexts.get();
        tree = newTree();
    }
}
