package dev.qwen4j.engine;

import dev.qwen4j.KvRows;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens that follow each other, a node of a tree of all that sequences begin with. Without rows it only remembers that it had some. */
final class Run {
    private final int start;
    /** By their first token: no two begin alike. */
    private final Map<Integer, Run> children = new HashMap<>();

    private TokenList tokens;
    private @Nullable Run parent;
    private @Nullable KvRows rows;
    private long lastUsed;

    Run(@Nullable Run parent, int start, TokenList tokens) {
        this.parent = parent;
        this.start = start;
        this.tokens = tokens;
        if (parent != null) {
            parent.children.put(tokens.get(0), this);
        }
    }

    /** The position of its first token. */
    int start() {
        return start;
    }

    /** The position behind its last one. */
    int stop() {
        return start + tokens.size();
    }

    TokenList tokens() {
        return tokens;
    }

    Collection<Run> children() {
        return children.values();
    }

    @Nullable
    Run parent() {
        return parent;
    }

    @Nullable
    KvRows rows() {
        return rows;
    }

    boolean hasRows() {
        return rows != null;
    }

    void rows(KvRows of) {
        rows = of;
    }

    /** Frees its rows; says how many bytes they had. */
    long drop() {
        var held = rows;
        if (held == null) {
            return 0;
        }
        rows = null;
        long bytes = held.byteSize();
        held.close();
        return bytes;
    }

    long lastUsed() {
        return lastUsed;
    }

    void used(long now) {
        lastUsed = now;
    }

    void leave() {
        var above = parent;
        if (above != null) {
            above.children.remove(tokens.get(0));
            parent = null;
        }
    }

    /** The child that goes on as a prompt does. */
    @Nullable
    Run next(int[] prompt, int most) {
        return stop() < most ? children.get(prompt[stop()]) : null;
    }

    /** Cuts it in two at a position inside of it. */
    void split(int position) {
        var rest = tokens.cut(position - start);
        var second = new Run(null, position, rest);
        second.children.putAll(children);
        second.children.values().forEach(child -> child.parent = second);
        second.lastUsed = lastUsed;
        children.clear();
        second.parent = this;
        children.put(rest.get(0), second);
        var held = rows;
        if (held != null) {
            var head = held.slice(start, position);
            second.rows = held.slice(position, held.to());
            rows = head;
            held.close();
        }
    }
}
