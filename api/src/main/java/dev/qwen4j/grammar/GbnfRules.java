package dev.qwen4j.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules of a grammar while it is read: the written ones and those that groups and repetitions become. For one thread. */
final class GbnfRules {
    /** Eight megabytes in llama.cpp, which keeps up to three copies. */
    static final int MOST_ELEMENTS = 1 << 20;

    private final Map<String, Integer> symbols = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<Integer> mentions = new ArrayList<>();
    private final List<@Nullable List<GbnfElement>> rules = new ArrayList<>();
    private long elements;

    /** The symbol of a rule that is named in the text, at a position. */
    int named(String name, int position) {
        return symbols.computeIfAbsent(name, key -> add(key, position));
    }

    /** A new symbol for a part of a rule; no name in a text has its underscore. */
    int generated(String name, int position) {
        return add(name + "_" + names.size(), position);
    }

    private int add(String name, int position) {
        names.add(name);
        mentions.add(position);
        return names.size() - 1;
    }

    /** How many symbols there are, named and generated. */
    int symbolCount() {
        return names.size();
    }

    /** Whether there is room for so many more elements. */
    boolean hasRoom(long more) {
        return elements + more <= MOST_ELEMENTS;
    }

    /** Defines a rule; the later definition of two counts. */
    void define(int symbol, List<GbnfElement> rule) {
        while (rules.size() <= symbol) {
            rules.add(null);
        }
        rules.set(symbol, List.copyOf(rule));
        elements += rule.size() + 1;
    }

    /** How many rules there are, the places of undefined ones included. */
    int size() {
        return rules.size();
    }

    /** The elements of a defined rule. */
    List<GbnfElement> rule(int symbol) {
        var rule = rules.get(symbol);
        if (rule == null) {
            throw new IllegalStateException("Symbol " + symbol + " is undefined.");
        }
        return rule;
    }

    /** The alternatives of a defined rule, one at least. */
    List<List<GbnfElement>> alternatives(int symbol) {
        var elements = rule(symbol);
        var result = new ArrayList<List<GbnfElement>>();
        int from = 0;
        for (int i = 0; i <= elements.size(); i++) {
            if (i == elements.size() || elements.get(i).kind() == GbnfElement.Kind.ALTERNATIVE) {
                result.add(elements.subList(from, i));
                from = i + 1;
            }
        }
        return result;
    }

    boolean isDefined(int symbol) {
        return symbol < rules.size() && rules.get(symbol) != null;
    }

    /** The symbol of a named rule that is defined; -1 if there is none. */
    int defined(String name) {
        int symbol = symbols.getOrDefault(name, -1);
        return symbol >= 0 && isDefined(symbol) ? symbol : -1;
    }

    String name(int symbol) {
        return names.get(symbol);
    }

    /** Where a symbol was mentioned first. */
    int mention(int symbol) {
        return mentions.get(symbol);
    }
}
