package dev.qwen4j.grammar;

import java.util.ArrayDeque;

/**
 * What makes a regular expression of ECMAScript costly for a matcher that goes back and tries again, as std::regex does. Says nothing of whether it is
 * one. For one thread.
 */
final class PatternScan {
    private final String pattern;
    private boolean counted;
    private boolean refersBack;
    private boolean repeatsWhatVaries;
    private int repetitions;
    private int branches;

    PatternScan(String pattern) {
        this.pattern = pattern;
        scan();
    }

    /** Whether something is repeated by numbers, as {@code a{3}}. */
    boolean isCounted() {
        return counted;
    }

    /** Whether it has back references. */
    boolean refersBack() {
        return refersBack;
    }

    /** Whether a group is repeated that holds alternatives or repetitions: time can then double with each character. */
    boolean repeatsWhatVaries() {
        return repeatsWhatVaries;
    }

    /** How many repetitions have no maximum. */
    int repetitions() {
        return repetitions;
    }

    /** An upper bound of the states that are passed for one character. */
    int branches() {
        return branches;
    }

    private void scan() {
        var outer = new ArrayDeque<Boolean>();
        boolean varies = false;
        boolean lastVaries = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            switch (c) {
                case '\\' -> {
                    i++;
                    refersBack |= i < pattern.length() && pattern.charAt(i) >= '1' && pattern.charAt(i) <= '9';
                    lastVaries = false;
                }
                case '[' -> {
                    i = classEnd(i);
                    lastVaries = false;
                }
                case '(' -> {
                    branches += 2;
                    outer.push(varies);
                    varies = false;
                    // The '?' of "(?:" repeats nothing.
                    i += pattern.startsWith("?", i + 1) ? 1 : 0;
                }
                case ')' -> {
                    lastVaries = varies;
                    varies |= !outer.isEmpty() && outer.pop();
                }
                case '|' -> {
                    branches += 2;
                    varies = true;
                }
                case '{' -> counted = true;
                case '*', '+' -> {
                    branches++;
                    repetitions++;
                    repeatsWhatVaries |= lastVaries;
                    varies = true;
                    lastVaries = true;
                }
                case '?' -> {
                    branches++;
                    varies = true;
                }
                default -> lastVaries = false;
            }
        }
    }

    private int classEnd(int from) {
        int i = from + 1;
        while (i < pattern.length() && pattern.charAt(i) != ']') {
            i += pattern.charAt(i) == '\\' ? 2 : 1;
        }
        return i;
    }
}
