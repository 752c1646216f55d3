package dev.qwen4j.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * What waits to be computed: bounded, the most urgent first, tenants in turns, each one's in the order in which it was asked for. For any thread.
 */
final class WaitingQueue {
    private final int capacity;
    private final long tokenCapacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** By priority, and in it by tenant. */
    private final TreeMap<Integer, Map<String, TreeSet<Request>>> waiting = new TreeMap<>(Comparator.reverseOrder());

    private final Map<String, Tenant> tenants = new HashMap<>();
    /** How much was done for whoever was served last: a tenant that comes or comes back begins there, neither before the others nor behind them. */
    private double clock;

    private double mostServed;
    private long nextOrder;
    private int size;
    private long tokens;
    private int unfinished;
    private long rejected;
    private boolean closed;
    private boolean woken;

    WaitingQueue(int capacity, long tokenCapacity) {
        this.capacity = capacity;
        this.tokenCapacity = tokenCapacity;
    }

    /**
     * Takes a request that is new.
     *
     * @throws RejectedException if too much waits
     * @throws IllegalStateException if the engine is closed
     */
    void add(Request request) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The engine is closed.");
            }
            if (size >= capacity) {
                rejected++;
                throw new RejectedException(
                        "There are %,d generations waiting, and more than that may not. Try again later, or start the engine with a larger queueCapacity."
                                .formatted(size),
                        size);
            }
            if (size > 0 && tokens + request.promptTokens() > tokenCapacity) {
                rejected++;
                throw new RejectedException(
                        "The generations that wait have %,d tokens, and %,d more are too many. Try again later, or start the engine with a larger queueTokens."
                                .formatted(tokens, request.promptTokens()),
                        size);
            }
            request.order(nextOrder++);
            var tenant = tenant(request);
            if (tenant.isIdle()) {
                // Where nobody asks for anything, nobody is before others.
                clock = unfinished == 0 ? mostServed : clock;
                tenant.atLeast(clock);
            }
            unfinished++;
            insert(request, tenant);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes back one that has lost its slot; it keeps its place. */
    void putBack(Request request) {
        lock.lock();
        try {
            tenant(request).active(-1);
            insert(request, tenant(request));
        } finally {
            lock.unlock();
        }
    }

    /** One has lost its slot, and does not ask for another one yet. */
    void park(Request request) {
        lock.lock();
        try {
            tenant(request).active(-1);
        } finally {
            lock.unlock();
        }
    }

    /** One that was parked asks for a slot again; it keeps its place. */
    void unpark(Request request) {
        lock.lock();
        try {
            insert(request, tenant(request));
        } finally {
            lock.unlock();
        }
    }

    private void insert(Request request, Tenant tenant) {
        waiting.computeIfAbsent(request.demand().priority(), _ -> new HashMap<>())
                .computeIfAbsent(tenant.name(), _ -> new TreeSet<>(Comparator.comparingLong(Request::order)))
                .add(request);
        tenant.waiting(1);
        size++;
        tokens += request.promptTokens();
    }

    /** One of those that wait is computed now. */
    void take(Request request) {
        lock.lock();
        try {
            remove(request);
            tenant(request).active(1);
            clock = Math.max(clock, tenant(request).served());
        } finally {
            lock.unlock();
        }
    }

    private void remove(Request request) {
        var priority = request.demand().priority();
        var byTenant = waiting.get(priority);
        if (byTenant == null) {
            throw new AssertionError("Nothing of priority " + priority + " waits.");
        }
        var name = request.namespace().tenant();
        var own = byTenant.get(name);
        if (own == null || !own.remove(request)) {
            throw new AssertionError("The request does not wait.");
        }
        if (own.isEmpty()) {
            byTenant.remove(name);
        }
        if (byTenant.isEmpty()) {
            waiting.remove(priority);
        }
        tenant(request).waiting(-1);
        size--;
        tokens -= request.promptTokens();
    }

    /** Takes out those that are not to wait any longer. */
    List<Request> removeIf(Predicate<Request> ends) {
        lock.lock();
        try {
            var removed = waiting.values().stream()
                    .flatMap(byTenant -> byTenant.values().stream())
                    .flatMap(TreeSet::stream)
                    .filter(ends)
                    .toList();
            removed.forEach(this::remove);
            return removed;
        } finally {
            lock.unlock();
        }
    }

    /** Does something with each of those that wait. */
    void forEach(Consumer<Request> action) {
        lock.lock();
        try {
            waiting.values().stream()
                    .flatMap(byTenant -> byTenant.values().stream())
                    .forEach(own -> own.forEach(action));
        } finally {
            lock.unlock();
        }
    }

    /** Those whose turn it is, at most so many: the most urgent first, and then of each tenant one, of which those come first for whom least was done. */
    List<Request> next(int most) {
        lock.lock();
        try {
            List<Request> next = new ArrayList<>();
            for (var byTenant : waiting.values()) {
                var turns = byTenant.entrySet().stream()
                        .sorted(Comparator.comparingDouble(
                                entry -> tenant(entry.getKey()).served()))
                        .map(entry -> entry.getValue().iterator())
                        .toList();
                while (next.size() < most && turns.stream().anyMatch(Iterator::hasNext)) {
                    turns.stream()
                            .filter(Iterator::hasNext)
                            .limit(most - next.size())
                            .forEach(turn -> next.add(turn.next()));
                }
                if (next.size() >= most) {
                    break;
                }
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** A request ended, computed or not. */
    void finished(Request request, boolean wasActive) {
        lock.lock();
        try {
            unfinished--;
            tenant(request).active(wasActive ? -1 : 0);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Tenant tenant(Request request) {
        return tenant(request.namespace().tenant());
    }

    private Tenant tenant(String name) {
        return tenants.computeIfAbsent(name, Tenant::new);
    }

    /** Something was done for a tenant. */
    void credit(Request request, int reused, int computed, int generated) {
        lock.lock();
        try {
            var tenant = tenant(request);
            tenant.reused(reused);
            tenant.computed(computed);
            mostServed = Math.max(mostServed, tenant.served());
            tenant.generated(generated);
        } finally {
            lock.unlock();
        }
    }

    double served(Request request) {
        lock.lock();
        try {
            return tenant(request).served();
        } finally {
            lock.unlock();
        }
    }

    int activeOf(Request request) {
        lock.lock();
        try {
            return tenant(request).active();
        } finally {
            lock.unlock();
        }
    }

    TenantStats stats(String tenant) {
        lock.lock();
        try {
            return tenants.getOrDefault(tenant, new Tenant(tenant)).stats();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return size;
        } finally {
            lock.unlock();
        }
    }

    long rejected() {
        lock.lock();
        try {
            return rejected;
        } finally {
            lock.unlock();
        }
    }

    /** Has the engine's thread look again. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something waits, somebody has woken it, or the time has come; at most so long. */
    void awaitWork(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (size == 0 && !woken && !closed && left > 0) {
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    // Nobody but the engine's owner can mean that, and has close for it.
                }
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all that was taken has ended; says whether it has. */
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
}
