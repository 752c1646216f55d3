package dev.qwen4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Refuses rules that begin with themselves, and those that would cost llama.cpp too much before the first character: it looks at a rule as often as
 * there are ways to it, on its own stack, and keeps one parse stack for each way.
 *
 * <p>Tarjan's strongly connected components (1972), without recursion. For one thread, once.
 */
final class LeftmostCheck {
    /** llama.cpp takes some 130 bytes of stack for each. */
    static final int DEEPEST = 2048;

    private static final long MOST_WORK = 50_000_000;
    private static final long MOST_STACKS = 1 << 16;
    private static final int UNSEEN = -1;

    private final GbnfText text;
    private final GbnfRules rules;
    private final LeftmostReferences references;
    private final boolean harmlessCycles;
    private final int[] index;
    private final int[] low;
    private final int[] next;
    private final boolean[] open;
    private final ArrayDeque<Integer> path = new ArrayDeque<>();
    private final ArrayDeque<Integer> pending = new ArrayDeque<>();
    private final long[] depth;
    private final long[] work;
    private final long[] stacks;
    private int seen;

    private LeftmostCheck(GbnfText text, GbnfRules rules, LeftmostReferences references, boolean harmlessCycles) {
        this.text = text;
        this.rules = rules;
        this.references = references;
        this.harmlessCycles = harmlessCycles;
        this.index = new int[rules.size()];
        this.low = new int[rules.size()];
        this.next = new int[rules.size()];
        this.open = new boolean[rules.size()];
        this.depth = new long[rules.size()];
        this.work = new long[rules.size()];
        this.stacks = new long[rules.size()];
        Arrays.fill(index, UNSEEN);
    }

    /** Checks a grammar whose references are all defined. */
    static void check(GbnfText text, GbnfRules rules) {
        var empty = new EmptyRules(rules);
        new LeftmostCheck(text, rules, LeftmostReferences.of(rules, empty.plain()), false).check();
        // llama.cpp looks at plainly empty rules alone. The cycles that it misses end, unless each turn leaves
        // something on the stack.
        new LeftmostCheck(text, rules, LeftmostReferences.of(rules, empty.all()), true).check();
    }

    private void check() {
        for (int rule = 0; rule < rules.size(); rule++) {
            if (index[rule] == UNSEEN) {
                enter(rule);
                while (!path.isEmpty()) {
                    step(path.getLast());
                }
            }
        }
    }

    private void enter(int rule) {
        index[rule] = low[rule] = seen++;
        open[rule] = true;
        path.add(rule);
        pending.add(rule);
    }

    private void step(int rule) {
        var targets = references.targets().get(rule);
        if (next[rule] < targets.length) {
            int target = targets[next[rule]++];
            if (index[target] == UNSEEN) {
                enter(target);
            } else if (open[target]) {
                low[rule] = Math.min(low[rule], index[target]);
            }
            return;
        }
        path.removeLast();
        if (!path.isEmpty()) {
            low[path.getLast()] = Math.min(low[path.getLast()], low[rule]);
        }
        if (low[rule] == index[rule]) {
            finish(component(rule));
        }
    }

    private List<Integer> component(int root) {
        var members = new ArrayList<Integer>();
        int member;
        do {
            member = pending.removeLast();
            members.add(member);
        } while (member != root);
        return members;
    }

    /** What the members begin with is finished: components end in the opposite order of references. */
    private void finish(List<Integer> members) {
        long deepest = 0;
        long allWork = 0;
        long allStacks = 0;
        for (int rule : members) {
            allWork += rules.rule(rule).size() + 1;
            allStacks += references.ends()[rule];
            var targets = references.targets().get(rule);
            for (int i = 0; i < targets.length; i++) {
                int target = targets[i];
                if (open[target]) {
                    checkCycle(rule, target, references.growing().get(rule).get(i));
                } else {
                    deepest = Math.max(deepest, depth[target]);
                    allWork = Math.min(allWork + work[target], Integer.MAX_VALUE);
                    allStacks = Math.min(allStacks + stacks[target], Integer.MAX_VALUE);
                }
            }
        }
        for (int rule : members) {
            open[rule] = false;
            depth[rule] = deepest + 1;
            work[rule] = allWork;
            stacks[rule] = allStacks;
            checkCost(rule);
        }
    }

    private void checkCycle(int rule, int target, boolean grows) {
        if (!harmlessCycles || grows) {
            throw failure(
                    rule,
                    "is left-recursive: it can begin with '%s', which can begin with it. Put something before the recursion, or repeat with '*'"
                            .formatted(written(target)));
        }
    }

    private void checkCost(int rule) {
        if (stacks[rule] > MOST_STACKS) {
            throw failure(
                    rule,
                    "can begin in more than %,d ways; let alternatives share what they begin with"
                            .formatted(MOST_STACKS));
        }
        if (harmlessCycles) {
            return;
        }
        if (depth[rule] > DEEPEST) {
            throw failure(
                    rule, "begins with another rule, which begins with another, more than %,d deep".formatted(DEEPEST));
        }
        if (work[rule] > MOST_WORK) {
            throw failure(
                    rule,
                    "can be reached in too many ways to look for left recursion; let alternatives share what they begin with");
        }
    }

    private GrammarException failure(int rule, String problem) {
        return text.failure(rules.mention(rule), "the rule '" + written(rule) + "' " + problem + ".");
    }

    /** The rule of the text that a generated one is a part of. */
    private String written(int rule) {
        var name = rules.name(rule);
        int generated = name.indexOf('_');
        return generated < 0 ? name : name.substring(0, generated);
    }
}
