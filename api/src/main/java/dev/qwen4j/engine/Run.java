package dev.qwen4j.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of the prefix tree: tokens that lie in cells of their own, behind those of its parents. */
final class Run {
    private final int start;
    private final TokenList tokens;
    private final List<Run> children = new ArrayList<>();
    private @Nullable Run parent;
    /** The sequence that ends with this run. */
    private @Nullable CachedSequence end;

    Run(@Nullable Run parent, int start, TokenList tokens) {
        this.parent = parent;
        this.start = start;
        this.tokens = tokens;
        if (parent != null) {
            parent.children.add(this);
        }
    }

    /** The position of its first token. */
    int start() {
        return start;
    }

    /** The position behind its last token. */
    int stop() {
        return start + tokens.size();
    }

    TokenList tokens() {
        return tokens;
    }

    @Nullable
    Run parent() {
        return parent;
    }

    List<Run> children() {
        return children;
    }

    @Nullable
    CachedSequence end() {
        return end;
    }

    void end(@Nullable CachedSequence sequence) {
        end = sequence;
    }

    /** Nobody holds it, so that its cells are free. */
    boolean isLoose() {
        return end == null && children.isEmpty();
    }

    void leave() {
        var above = parent;
        if (above != null) {
            above.children.remove(this);
            parent = null;
        }
    }

    /** Cuts it in two at a position inside of it; says which is the first. What held this one ends where it ended. */
    Run split(int position) {
        var above = parent;
        var rest = tokens.cut(position - start);
        var second = new Run(null, position, rest);
        second.children.addAll(children);
        second.children.forEach(child -> child.parent = second);
        children.clear();
        second.parent = this;
        children.add(second);
        var held = end;
        if (held != null) {
            end = null;
            second.end = held;
            held.tail(second);
        }
        parent = above;
        return this;
    }
}
