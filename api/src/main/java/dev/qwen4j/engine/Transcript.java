package dev.qwen4j.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The tokens of a session, and where its turns begin. For one thread at a time. */
final class Transcript {
    private final TokenList tokens = new TokenList();
    private final List<Integer> turns = new ArrayList<>();

    Transcript() {}

    Transcript(Transcript other) {
        tokens.addAll(other.tokens.toArray());
        turns.addAll(other.turns);
    }

    TokenList tokens() {
        return tokens;
    }

    int size() {
        return tokens.size();
    }

    /** A turn begins here. */
    void beginTurn() {
        if (turns.isEmpty() || turns.getLast() < size()) {
            turns.add(size());
        }
    }

    void truncate(int length) {
        tokens.truncate(length);
        turns.removeIf(start -> start >= length);
    }

    /** Takes tokens out of the middle. */
    void remove(int from, int to) {
        tokens.remove(from, to);
        turns.removeIf(start -> start >= from && start < to && start != from);
        turns.replaceAll(start -> start < to ? start : start - (to - from));
        // What follows may begin a turn where another one began.
        var distinct = List.copyOf(new LinkedHashSet<>(turns));
        turns.clear();
        turns.addAll(distinct);
    }

    /** Where the oldest turn but the last begins and ends, if there are two or more. */
    private int[] oldestTurn() {
        return turns.size() < 2 ? new int[0] : new int[] {turns.get(0), turns.get(1)};
    }

    /**
     * Takes tokens out, as a policy says, until there is room for one more.
     *
     * @param limit the most tokens
     * @return the position of the first token that is not where it was, or -1 if the policy finds no room
     */
    int makeRoom(Overflow policy, int limit) {
        return switch (policy) {
            case Overflow.Refuse() -> -1;
            case Overflow.Shift(int keep) -> shift(keep, limit);
            case Overflow.DropOldestTurns() -> dropTurns(limit);
        };
    }

    private int shift(int keep, int limit) {
        if (keep >= limit - 1) {
            return -1;
        }
        while (size() >= limit) {
            remove(keep, keep + Math.max(1, (size() - keep) / 2));
        }
        return keep;
    }

    private int dropTurns(int limit) {
        int droppable = turns.size() < 2 ? 0 : turns.getLast() - turns.getFirst();
        if (size() - droppable >= limit) {
            return -1;
        }
        int changed = -1;
        while (size() >= limit) {
            var oldest = oldestTurn();
            if (oldest.length == 0) {
                return -1;
            }
            remove(oldest[0], oldest[1]);
            changed = oldest[0];
        }
        return changed;
    }
}
