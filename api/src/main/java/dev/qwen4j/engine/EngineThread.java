package dev.qwen4j.engine;

import dev.qwen4j.Context;
import dev.qwen4j.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that a context's computations run on: takes requests from the queue, has them computed, and ends them. */
final class EngineThread implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(EngineThread.class);

    /** How many of those that wait are looked at for a slot: some of them may wait for a prefix. */
    private static final int LOOKAHEAD = 64;

    private static final long REFRESHED_EVERY = 20_000_000;

    private final Supplier<Context> contexts;
    private final EngineOptions options;
    private final WaitingQueue queue;
    private final Counters counters = new Counters();
    private final int limit;
    private final Tokenizer tokenizer;

    /** Some request was cancelled, or caught up, since the last step; most steps need not look for one. */
    private final AtomicBoolean disturbed = new AtomicBoolean();

    // The thread's own.
    private final List<Request> active = new ArrayList<>();
    private final List<Request> parked = new ArrayList<>();
    private final Optional<DraftModels> draftModels;
    private Context context;
    private Slots slots;
    private Admission admission;
    private AdaptiveThreads threads;
    private volatile Steps steps;
    private long nextDeadline = Demand.NONE;
    private long refreshed;
    private volatile Stats stats;
    private volatile LogitsProbe probe = LogitsProbe.NONE;

    EngineThread(Supplier<Context> contexts, Context first, EngineOptions options) {
        this.contexts = contexts;
        this.options = options;
        this.queue = new WaitingQueue(options.queueCapacity(), options.queueTokens());
        this.limit = first.sequenceLength();
        this.tokenizer = first.model().tokenizer();
        this.context = first;
        this.draftModels = options.drafting() instanceof Drafting.DraftModel(var model)
                ? Optional.of(new DraftModels(model, first))
                : Optional.empty();
        this.slots = newSlots();
        this.admission = new Admission(slots);
        this.threads = new AdaptiveThreads(context, options);
        this.steps = newSteps();
        this.stats = snapshot();
    }

    private Slots newSlots() {
        var states = context.states();
        PrefixStore store = states.canSaveRows()
                ? new RunStore(states, options.hostCache())
                : new SnapshotStore(states, options.hostCache());
        return new Slots(context.kvCache(), store);
    }

    private Steps newSteps() {
        return new Steps(context, slots, threads, queue, counters);
    }

    /** The most tokens of a sequence. */
    int limit() {
        return limit;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    Stats stats() {
        return stats.with(queue.size(), queue.rejected());
    }

    TenantStats stats(String tenant) {
        return queue.stats(tenant);
    }

    /** What guesses for a new generation, where a smaller model does. */
    Optional<Drafter> draftModel() {
        return draftModels.map(DraftModels::open);
    }

    Counters counters() {
        return counters;
    }

    LogitsProbe probe() {
        return probe;
    }

    void probe(LogitsProbe observer) {
        probe = observer;
    }

    /**
     * Takes a request. Any thread.
     *
     * @throws RejectedException if too much waits
     * @throws IllegalStateException if the engine is closed
     */
    void submit(Request request) {
        queue.add(request);
        if (request.demand().hasDeadline()) {
            // So that it is waited for, wherever in the queue it is.
            disturbed.set(true);
        }
    }

    /** A request was cancelled. Any thread. */
    void wake() {
        disturbed.set(true);
        steps.disturb();
        queue.wake();
    }

    /** The reader of a parked request has caught up. Any thread. */
    void caughtUp() {
        queue.wake();
    }

    /** Takes no more requests, and ends those that there are; returns at once. Any thread. */
    void close() {
        queue.close();
        wake();
    }

    WaitingQueue queue() {
        return queue;
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
        if (active.isEmpty()) {
            stats = snapshot();
            queue.awaitWork(nextDeadline == Demand.NONE ? Long.MAX_VALUE : nextDeadline - System.nanoTime());
        }
        return !queue.isClosed();
    }

    private void end(Consumer<Request> ending) {
        queue.close();
        var left = new ArrayList<>(active);
        left.addAll(parked);
        left.addAll(queue.removeIf(_ -> true));
        active.clear();
        parked.clear();
        stats = snapshot();
        for (var request : left) {
            try {
                ending.accept(request);
            } catch (RuntimeException e) {
                log.error("A generation could not be ended", e);
            } finally {
                queue.finished(request, false);
            }
        }
        slots.store().close();
        draftModels.ifPresent(DraftModels::close);
        context.close();
        threads.close();
    }

    private void step() {
        try {
            endCancelled();
            unpark();
            admit();
            if (active.isEmpty()) {
                return;
            }
            slots.closeUp();
            steps.run(active, this::finish, this::fail);
            park();
        } catch (RuntimeException e) {
            if (queue.isClosed()) {
                return; // the model may be closed too
            }
            startAnew(e);
        }
        refresh();
    }

    private void refresh() {
        long now = System.nanoTime();
        if (now - refreshed > REFRESHED_EVERY) {
            refreshed = now;
            stats = snapshot();
        }
    }

    private void endCancelled() {
        long now = System.nanoTime();
        if (!disturbed.getAndSet(false) && now < nextDeadline) {
            return;
        }
        for (var request : List.copyOf(active)) {
            end(request, now);
        }
        for (var request : List.copyOf(parked)) {
            end(request, now);
        }
        for (var request :
                queue.removeIf(each -> each.isCancelled() || each.demand().isLate(now))) {
            finish(request, request.isCancelled() ? FinishReason.CANCELLED : FinishReason.DEADLINE);
        }
        nextDeadline = Demand.NONE;
        active.forEach(this::watchDeadline);
        parked.forEach(this::watchDeadline);
        queue.forEach(this::watchDeadline);
    }

    private void end(Request request, long now) {
        if (request.isCancelled()) {
            finish(request, FinishReason.CANCELLED);
        } else if (request.demand().isLate(now)) {
            finish(request, FinishReason.DEADLINE);
        }
    }

    private void watchDeadline(Request request) {
        if (request.demand().hasDeadline()) {
            nextDeadline = Math.min(nextDeadline, request.demand().deadline());
        }
    }

    private void finish(Request request, FinishReason reason) {
        ended(request, reason, () -> request.finish(reason));
    }

    private void fail(Request request, RuntimeException e) {
        ended(request, FinishReason.FAILED, () -> request.fail(e));
    }

    private void ended(Request request, FinishReason reason, Runnable ending) {
        boolean wasActive = leave(request);
        counters.finished(reason);
        record(request, reason);
        // Whoever waits for it finds it counted.
        stats = snapshot();
        try {
            ending.run();
        } finally {
            queue.finished(request, wasActive);
        }
    }

    private static void record(Request request, FinishReason reason) {
        var event = new RequestEvent();
        if (event.shouldCommit()) {
            long now = System.nanoTime();
            event.tenant = request.namespace().tenant();
            event.finishReason = reason.name();
            event.promptTokens = request.promptTokens();
            event.cachedTokens = request.cachedTokens();
            event.reuse = request.reuse().name();
            event.generatedTokens = request.generatedTokens();
            event.queued = (request.begun() == 0 ? now : request.begun()) - request.asked();
            event.total = now - request.asked();
            event.commit();
        }
    }

    /** Takes it from where it is; says whether it had a slot. */
    private boolean leave(Request request) {
        boolean wasActive = active.remove(request);
        parked.remove(request);
        if (request.isActive()) {
            slots.release(request.slot());
            request.suspend();
        }
        return wasActive;
    }

    private void admit() {
        if (queue.size() == 0) {
            return;
        }
        long now = System.nanoTime();
        for (var request : queue.next(LOOKAHEAD)) {
            watchDeadline(request);
            boolean free = slots.hasFree();
            var victim = free ? Optional.<Request>empty() : Admission.victim(request, active, queue, now);
            if (!free && victim.isEmpty()) {
                return;
            }
            if (!admission.waitsForAnother(request)) {
                victim.ifPresent(this::suspend);
                begin(request);
            }
        }
    }

    private void begin(Request request) {
        queue.take(request);
        active.add(request);
        boolean first = request.begun() == 0;
        admission.begin(request);
        if (first) {
            counters.began(request);
            queue.credit(request, request.slot().length(), 0, 0);
        }
        try {
            request.prepare(context);
            if (request.uncomputed() == 0) {
                int size = request.tokens().size();
                request.computed(context, new Part(request, size, 0, new TokenList(), 0))
                        .ifPresent(reason -> finish(request, reason));
            }
        } catch (RuntimeException e) {
            if (steps.isContextLost()) {
                throw e;
            }
            fail(request, e);
        }
    }

    private void suspend(Request request) {
        counters.preempted();
        active.remove(request);
        slots.release(request.slot());
        request.suspend();
        queue.putBack(request);
    }

    /** Those whose readers are far behind wait for them, without a slot. */
    private void park() {
        for (var request : List.copyOf(active)) {
            if (request.isBehind()) {
                counters.parked();
                active.remove(request);
                slots.release(request.slot());
                request.suspend();
                queue.park(request);
                parked.add(request);
            }
        }
    }

    private void unpark() {
        for (var request : List.copyOf(parked)) {
            if (!request.isBehind()) {
                parked.remove(request);
                queue.unpark(request);
            }
        }
    }

    /** Computing failed in a way that no request asked for: all are computed again in a new context, once. */
    private void startAnew(RuntimeException e) {
        log.warn("Computing failed; the engine goes on in a new context", e);
        counters.restarted();
        slots.store().close();
        context.close();
        threads.close();
        for (var request : List.copyOf(active)) {
            request.suspend();
            request.contextLost();
            if (request.mayTryAgain()) {
                active.remove(request);
                queue.putBack(request);
            } else {
                fail(request, new EngineFailedException(e));
            }
        }
        parked.forEach(Request::contextLost);
        queue.forEach(Request::contextLost);
        context = contexts.get();
        slots = newSlots();
        admission = new Admission(slots);
        threads = new AdaptiveThreads(context, options);
        steps = newSteps();
    }

    private Stats snapshot() {
        return counters.stats(active.size(), parked.size(), slots, limit, threads.count(), threads.isBusyHost());
    }
}
