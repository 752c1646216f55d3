package dev.qwen4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Which rules can match an empty text: a fixed point, found in time linear to the grammar. */
final class EmptyRules {
    private static final class Alternative {
        private final int rule;
        private int open;

        Alternative(int rule, int open) {
            this.rule = rule;
            this.open = open;
        }
    }

    private final BitSet plain = new BitSet();
    private final BitSet all = new BitSet();
    private final List<List<Alternative>> uses = new ArrayList<>();
    private final ArrayDeque<Integer> found = new ArrayDeque<>();

    EmptyRules(GbnfRules rules) {
        for (int i = 0; i < rules.size(); i++) {
            uses.add(new ArrayList<>());
        }
        for (int rule = 0; rule < rules.size(); rule++) {
            for (var elements : rules.alternatives(rule)) {
                add(rule, elements);
            }
        }
        while (!found.isEmpty()) {
            for (var use : uses.get(found.remove())) {
                if (--use.open == 0) {
                    find(use.rule);
                }
            }
        }
    }

    private void add(int rule, List<GbnfElement> elements) {
        if (elements.isEmpty()) {
            plain.set(rule);
            find(rule);
        } else if (elements.stream().allMatch(GbnfElement::isReference)) {
            var alternative = new Alternative(rule, elements.size());
            elements.forEach(reference -> uses.get(reference.value()).add(alternative));
        }
    }

    private void find(int rule) {
        if (!all.get(rule)) {
            all.set(rule);
            found.add(rule);
        }
    }

    /** Those that have an alternative without elements, the only ones that llama.cpp takes for empty when it looks for left recursion. */
    BitSet plain() {
        return plain;
    }

    /** All of them. */
    BitSet all() {
        return all;
    }
}
