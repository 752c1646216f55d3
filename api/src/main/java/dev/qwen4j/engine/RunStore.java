package dev.qwen4j.engine;

import dev.qwen4j.ContextStates;
import dev.qwen4j.KvRows;
import dev.qwen4j.StateException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps keys and values by runs of tokens: what sequences have in common lies here once, and any part of it can be taken. */
final class RunStore implements PrefixStore {
    private static final Logger log = LoggerFactory.getLogger(RunStore.class);

    /** In place of a tenant: what anybody may go on from. No tenant is called so. */
    private static final String PUBLIC = "\0public";

    /** How many forgotten tokens are remembered as such, to say why they were not there. */
    private static final long GHOSTS = 1 << 20;

    private static final int MANY = 256;

    private final ContextStates states;
    private final long capacity;
    private final Map<String, Run> roots = new HashMap<>();
    private long bytes;
    private long tokens;
    private long ghosts;
    private long time;
    private long spilled;
    private long restored;
    private long evicted;

    RunStore(ContextStates states, long capacity) {
        this.states = states;
        this.capacity = capacity;
    }

    @Override
    public Match match(Namespace namespace, int[] prompt, int most) {
        var own = match(root(namespace.tenant()), prompt, most);
        var common = match(root(PUBLIC), prompt, most);
        return new Match(Math.max(own.available(), common.available()), Math.max(own.known(), common.known()));
    }

    private Run root(String tenant) {
        return roots.computeIfAbsent(tenant, _ -> new Run(null, 0, new TokenList()));
    }

    private static Match match(Run root, int[] prompt, int most) {
        int available = 0;
        int known = 0;
        for (var run = root.next(prompt, most); run != null; run = run.next(prompt, most)) {
            int matched = Math.min(run.tokens().matches(prompt, run.start()), most - run.start());
            known = run.start() + matched;
            if (run.hasRows() && available == run.start()) {
                available = known;
            }
            if (known < run.stop()) {
                break;
            }
        }
        return new Match(available, known);
    }

    @Override
    public boolean keeps(int length) {
        return capacity > 0;
    }

    @Override
    public void save(Slot slot) {
        int length = slot.length();
        if (length == 0 || slot.stored() == length || capacity == 0) {
            return;
        }
        var namespace = slot.namespace();
        var whole = slot.tokens().toArray();
        int common = Math.min(namespace.publicTokens(), length);
        boolean kept = true;
        if (common > 0) {
            kept = save(root(PUBLIC), whole, common, slot);
        }
        if (common < length) {
            kept &= save(root(namespace.tenant()), whole, length, slot);
        }
        if (kept) {
            slot.stored(length);
        }
    }

    private boolean save(Run root, int[] prompt, int length, Slot slot) {
        int from = match(root, prompt, length).available();
        if (from == length) {
            return true;
        }
        var event = new SwapEvent();
        event.begin();
        try (var rows = states.saveRows(slot.id(), from, length)) {
            if (!makeRoom(rows.byteSize(), root, prompt, length)) {
                return false;
            }
            graft(root, prompt, length, rows);
            spilled += length - from;
            event.record("to host memory", slot, length - from);
            return true;
        } catch (StateException e) {
            log.warn("What was computed cannot be kept in host memory", e);
            return false;
        }
    }

    /** Hangs rows into the tree, wherever it has none. */
    private void graft(Run root, int[] prompt, int length, KvRows rows) {
        time++;
        var run = root;
        while (run.stop() < length) {
            var next = run.next(prompt, length);
            if (next == null) {
                next = new Run(run, run.stop(), TokenList.copyOf(prompt, run.stop(), length));
                ghosts += next.tokens().size();
            } else {
                int matched = Math.min(next.tokens().matches(prompt, next.start()), length - next.start());
                if (matched < next.tokens().size()) {
                    next.split(next.start() + matched);
                }
            }
            if (!next.hasRows() && next.start() >= rows.from()) {
                var part = rows.slice(next.start(), next.stop());
                next.rows(part);
                bytes += part.byteSize();
                tokens += part.size();
                ghosts -= part.size();
            }
            next.used(time);
            run = next;
        }
    }

    @Override
    public void restore(Namespace namespace, int[] prompt, int length, Slot slot) {
        var own = root(namespace.tenant());
        var from = match(own, prompt, length).available() >= length ? own : root(PUBLIC);
        time++;
        List<KvRows> path = new ArrayList<>();
        Optional<KvRows> last = Optional.empty();
        var event = new SwapEvent();
        event.begin();
        try {
            for (var run = from.next(prompt, length); run != null; run = run.next(prompt, length)) {
                var rows = run.rows();
                if (rows == null) {
                    throw new AssertionError("There are no rows at " + run.start());
                }
                run.used(time);
                if (run.stop() >= length) {
                    last = run.stop() > length ? Optional.of(rows.slice(run.start(), length)) : last;
                    path.add(last.orElse(rows));
                    break;
                }
                path.add(rows);
            }
            states.restoreRows(slot.id(), path);
        } finally {
            last.ifPresent(KvRows::close);
        }
        restored += length;
        event.record("from host memory", slot, length);
        slot.hold(namespace, prompt, length, length);
    }

    @Override
    public void copy(Slot from, Slot to) {
        // Faster than a copy of a stream, which llama.cpp makes of all its cells.
        try (var rows = states.saveRows(from.id(), 0, from.length())) {
            states.restoreRows(to.id(), List.of(rows));
        }
    }

    private boolean makeRoom(long more, Run root, int[] prompt, int length) {
        if (more > capacity) {
            return false;
        }
        // What it goes on from is not to go.
        touch(root, prompt, length);
        while (bytes + more > capacity) {
            var oldest = leaves().filter(run -> run.lastUsed() < time)
                    .sorted(Comparator.comparingLong(Run::lastUsed))
                    .toList();
            if (oldest.isEmpty()) {
                return false;
            }
            // Where there are many, a little more than is needed, so that the tree is not searched for each.
            long before = evicted;
            long room = oldest.size() < MANY ? capacity : capacity - capacity / 16;
            for (int i = 0; i < oldest.size() && bytes + more > room; i++) {
                evict(oldest.get(i));
            }
            EvictionEvent.record(evicted - before, bytes);
        }
        forgetGhosts();
        return true;
    }

    @Override
    public void touch(Namespace namespace, int[] prompt, int length) {
        touch(root(namespace.tenant()), prompt, length);
        touch(root(PUBLIC), prompt, length);
    }

    private void touch(Run root, int[] prompt, int length) {
        time++;
        for (var run = root.next(prompt, length); run != null; run = run.next(prompt, length)) {
            run.used(time);
            if (run.tokens().matches(prompt, run.start()) < run.tokens().size()) {
                break;
            }
        }
    }

    private void evict(Run run) {
        evicted += run.tokens().size();
        tokens -= run.tokens().size();
        ghosts += run.tokens().size();
        bytes -= run.drop();
    }

    private void forgetGhosts() {
        if (ghosts <= GHOSTS) {
            return;
        }
        for (var root : roots.values()) {
            for (var child : List.copyOf(root.children())) {
                forgetGhosts(child);
            }
        }
    }

    private void forgetGhosts(Run run) {
        for (var child : List.copyOf(run.children())) {
            forgetGhosts(child);
        }
        if (!run.hasRows() && run.children().isEmpty()) {
            ghosts -= run.tokens().size();
            run.leave();
        }
    }

    /** Those with rows behind which there are none. */
    private Stream<Run> leaves() {
        return roots.values().stream().flatMap(RunStore::leaves);
    }

    private static Stream<Run> leaves(Run run) {
        var below = run.children().stream().flatMap(RunStore::leaves).toList();
        return below.isEmpty() && run.hasRows() ? Stream.of(run) : below.stream();
    }

    @Override
    public boolean cuts() {
        return true;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long tokens() {
        return tokens;
    }

    @Override
    public Traffic traffic() {
        return new Traffic(spilled, restored, evicted);
    }

    @Override
    public void clear() {
        roots.values().forEach(RunStore::dropAll);
        roots.clear();
        bytes = 0;
        tokens = 0;
        ghosts = 0;
    }

    private static void dropAll(Run run) {
        run.drop();
        run.children().forEach(RunStore::dropAll);
    }

    @Override
    public void close() {
        clear();
    }
}
