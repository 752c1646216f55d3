package dev.qwen4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Which sequences of a unified cache share cells, and up to which position: a cell has one position for all of its sequences, so moving one's moves the
 * others' too. For one thread at a time.
 */
final class SharedCells {
    private record Pair(int low, int high) {
        static Pair of(int a, int b) {
            return new Pair(Math.min(a, b), Math.max(a, b));
        }

        boolean has(int sequence) {
            return low == sequence || high == sequence;
        }

        int other(int sequence) {
            return low == sequence ? high : low;
        }
    }

    /** The end, exclusive, of what a pair shares. */
    private final Map<Pair, Integer> ends = new HashMap<>();

    /** Two sequences share cells before a position. */
    void share(int a, int b, int end) {
        ends.merge(Pair.of(a, b), end, Math::max);
    }

    /** One sequence has become a copy of another one up to a position, so it shares with those that the other one shares with. */
    void copy(int source, int target, int end) {
        for (var entry : Map.copyOf(ends).entrySet()) {
            if (entry.getKey().has(source)) {
                int third = entry.getKey().other(source);
                if (third != target) {
                    share(third, target, Math.min(end, entry.getValue()));
                }
            }
        }
        share(source, target, end);
    }

    /** A sequence ends at a position now. */
    void truncate(int sequence, int end) {
        ends.replaceAll((pair, old) -> pair.has(sequence) ? Math.min(old, end) : old);
        ends.values().removeIf(old -> old <= 0);
    }

    void clear() {
        ends.clear();
    }

    List<SharedPositions> all() {
        return ends.entrySet().stream()
                .map(entry ->
                        new SharedPositions(entry.getKey().low(), entry.getKey().high(), entry.getValue()))
                .toList();
    }

    /** Another sequence that shares cells at or behind a position with this one. */
    OptionalInt sharing(int sequence, int from) {
        return ends.entrySet().stream()
                .filter(entry -> entry.getKey().has(sequence) && entry.getValue() > from)
                .mapToInt(entry -> entry.getKey().other(sequence))
                .findFirst();
    }
}
