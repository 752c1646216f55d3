package dev.qwen4j.grammar;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The references that rules can begin with: llama.cpp follows them to find left recursion, and to expand its stacks before each character.
 *
 * @param targets for each rule the rules that it can begin with
 * @param growing whether following a reference leaves the rest of its alternative on the stack, in the order of targets
 * @param ends for each rule how many of its alternatives can begin with a terminal, or with nothing
 */
@SuppressWarnings("ArrayRecordComponent") // Indexed by rule, and not passed on.
record LeftmostReferences(List<int[]> targets, List<BitSet> growing, int[] ends) {
    /** With these rules taken for ones that can be empty, so that what follows them can be first as well. */
    static LeftmostReferences of(GbnfRules rules, BitSet empty) {
        var targets = new ArrayList<int[]>();
        var growing = new ArrayList<BitSet>();
        var ends = new int[rules.size()];
        for (int rule = 0; rule < rules.size(); rule++) {
            var found = new ArrayList<Integer>();
            var grows = new BitSet();
            for (var alternative : rules.alternatives(rule)) {
                int i = 0;
                boolean goesOn = true;
                while (goesOn && i < alternative.size() && alternative.get(i).isReference()) {
                    int target = alternative.get(i++).value();
                    grows.set(found.size(), i < alternative.size());
                    found.add(target);
                    goesOn = empty.get(target);
                }
                ends[rule] += goesOn ? 1 : 0;
            }
            targets.add(found.stream().mapToInt(Integer::intValue).toArray());
            growing.add(grows);
        }
        return new LeftmostReferences(targets, growing, ends);
    }
}
