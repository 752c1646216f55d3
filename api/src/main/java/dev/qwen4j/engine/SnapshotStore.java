package dev.qwen4j.engine;

import dev.qwen4j.ContextStates;
import dev.qwen4j.State;
import dev.qwen4j.StateException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps sequences as a whole, at the places where they were saved: recurrent states and sliding windows are those of one position, and cannot be cut. What is
 * gone on from is a whole snapshot that begins the prompt, so the engine saves one where prompts are seen to part.
 */
final class SnapshotStore implements PrefixStore {
    private static final Logger log = LoggerFactory.getLogger(SnapshotStore.class);

    private static final class Snapshot {
        private final Namespace namespace;
        private final int[] tokens;
        private final State state;
        private long lastUsed;

        Snapshot(Namespace namespace, int[] tokens, State state, long now) {
            this.namespace = namespace;
            this.tokens = tokens;
            this.state = state;
            this.lastUsed = now;
        }

        int common(Namespace whose, int[] prompt, int most) {
            int length = Math.min(tokens.length, most);
            int mismatch = Arrays.mismatch(tokens, 0, length, prompt, 0, length);
            return whose.shares(namespace, mismatch < 0 ? length : mismatch);
        }
    }

    private final ContextStates states;
    private final long capacity;
    private final List<Snapshot> snapshots = new ArrayList<>();
    private long bytes;
    /** Snapshots of so many tokens, or more, are larger than all the room there is. */
    private int tooLong = Integer.MAX_VALUE;

    private long time;
    private long spilled;
    private long restored;
    private long evicted;

    SnapshotStore(ContextStates states, long capacity) {
        this.states = states;
        this.capacity = capacity;
    }

    @Override
    public Match match(Namespace namespace, int[] prompt, int most) {
        int known = snapshots.stream()
                .mapToInt(snapshot -> snapshot.common(namespace, prompt, most))
                .max()
                .orElse(0);
        return new Match(
                longest(namespace, prompt, most)
                        .map(found -> found.tokens.length)
                        .orElse(0),
                known);
    }

    private Optional<Snapshot> longest(Namespace namespace, int[] prompt, int most) {
        return snapshots.stream()
                .filter(snapshot -> snapshot.common(namespace, prompt, most) == snapshot.tokens.length)
                .max(Comparator.comparingInt(snapshot -> snapshot.tokens.length));
    }

    @Override
    public boolean keeps(int length) {
        return capacity > 0 && length < tooLong;
    }

    @Override
    public void save(Slot slot) {
        int length = slot.length();
        if (length == 0 || slot.stored() == length || !keeps(length)) {
            return;
        }
        var tokens = slot.tokens().toArray();
        var namespace = slot.namespace();
        var same = longest(namespace, tokens, length).filter(found -> found.tokens.length == length);
        if (same.isPresent()) {
            same.get().lastUsed = ++time;
            slot.stored(length);
            return;
        }
        try {
            var event = new SwapEvent();
            event.begin();
            var state = states.save(slot.id(), tokens);
            if (!makeRoom(state.byteSize())) {
                tooLong = length;
                state.close();
                return;
            }
            snapshots.add(new Snapshot(namespace, tokens, state, ++time));
            bytes += state.byteSize();
            spilled += length;
            event.record("to host memory", slot, length);
            slot.stored(length);
        } catch (StateException e) {
            log.warn("What was computed cannot be kept in host memory", e);
        }
    }

    @Override
    public void touch(Namespace namespace, int[] prompt, int length) {
        longest(namespace, prompt, length).ifPresent(found -> found.lastUsed = ++time);
    }

    private boolean makeRoom(long more) {
        if (more > capacity) {
            return false;
        }
        while (bytes + more > capacity) {
            var oldest = snapshots.stream()
                    .min(Comparator.comparingLong(snapshot -> snapshot.lastUsed))
                    .orElseThrow();
            snapshots.remove(oldest);
            evicted += oldest.tokens.length;
            bytes -= oldest.state.byteSize();
            oldest.state.close();
            EvictionEvent.record(oldest.tokens.length, bytes);
        }
        return true;
    }

    @Override
    public void restore(Namespace namespace, int[] prompt, int length, Slot slot) {
        var snapshot = longest(namespace, prompt, length).orElseThrow();
        snapshot.lastUsed = ++time;
        var event = new SwapEvent();
        event.begin();
        states.restore(snapshot.state, slot.id());
        restored += length;
        event.record("from host memory", slot, length);
        slot.hold(namespace, prompt, length, length);
    }

    @Override
    public void copy(Slot from, Slot to) {
        try (var state = states.save(from.id())) {
            states.restore(state, to.id());
        }
    }

    @Override
    public boolean cuts() {
        return false;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public long tokens() {
        return snapshots.stream().mapToLong(snapshot -> snapshot.tokens.length).sum();
    }

    @Override
    public Traffic traffic() {
        return new Traffic(spilled, restored, evicted);
    }

    @Override
    public void clear() {
        snapshots.forEach(snapshot -> snapshot.state.close());
        snapshots.clear();
        bytes = 0;
    }

    @Override
    public void close() {
        clear();
    }
}
