package dev.qwen4j.grammar;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What wakes a lazy grammar: texts, patterns and tokens. Until one of them comes, everything is allowed; from its beginning on, the grammar holds.
 *
 * <p>Patterns are regular expressions of ECMAScript, looked for in all the text since the sampler began (llama.cpp, std::regex); the grammar holds
 * from the first group that matched, or else from where the match begins. A pattern of {@code ^…$} that matches the whole text counts as well.
 *
 * <p>Each token that comes while a grammar waits costs time in proportion to that text; tokens as triggers cost nothing. Immutable.
 */
public final class GrammarTriggers {
    private static final int LONGEST_PATTERN = 500;
    private static final int MOST_REPETITIONS = 2;

    /** Measured with gcc 12: at most 190 for a class, and 150 for each end of a group or branch on the way. */
    private static final long STACK_PER_BYTE = 256;

    private static final long STACK_PER_BRANCH = 192;

    private static final Pattern SPECIAL = Pattern.compile("[.^$|()*+?\\[\\]{}\\\\]");

    private final List<String> patterns;
    private final SortedSet<Integer> tokens;

    private GrammarTriggers(List<String> patterns, SortedSet<Integer> tokens) {
        this.patterns = List.copyOf(patterns);
        this.tokens = Collections.unmodifiableSortedSet(tokens);
    }

    /** Texts, each of which wakes it. */
    public static GrammarTriggers words(String... words) {
        return new GrammarTriggers(List.of(), new TreeSet<>()).orWords(words);
    }

    /** Patterns, each of which wakes it; see {@link #orPatterns}. */
    public static GrammarTriggers patterns(String... patterns) {
        return new GrammarTriggers(List.of(), new TreeSet<>()).orPatterns(patterns);
    }

    /** Tokens, each of which wakes it. */
    public static GrammarTriggers tokens(int... tokens) {
        return new GrammarTriggers(List.of(), new TreeSet<>()).orTokens(tokens);
    }

    /** The same with more texts. */
    public GrammarTriggers orWords(String... words) {
        var patterns = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            if (words[i].isEmpty()) {
                throw new IllegalArgumentException("Trigger word " + i + " is empty.");
            }
            patterns[i] = SPECIAL.matcher(words[i]).replaceAll("\\\\$0");
        }
        return orPatterns(patterns);
    }

    /**
     * The same with more patterns.
     *
     * @throws IllegalArgumentException if one is empty or longer than 500 characters; repeats a group that holds alternatives or another repetition,
     *     which can take time without end; repeats by numbers, refers back, or repeats more than twice without a maximum. Whether it is a regular
     *     expression at all is found when a sampler is made.
     */
    public GrammarTriggers orPatterns(String... more) {
        var all = new ArrayList<>(patterns);
        for (var pattern : more) {
            check(pattern);
            all.add(pattern);
        }
        return new GrammarTriggers(all, tokens);
    }

    /** The same with more tokens. */
    public GrammarTriggers orTokens(int... more) {
        var all = new TreeSet<>(tokens);
        for (int token : more) {
            if (token < 0) {
                throw new IllegalArgumentException("Trigger token " + token + " is negative.");
            }
            all.add(token);
        }
        return new GrammarTriggers(patterns, all);
    }

    /** All patterns, those of texts included. */
    public List<String> patterns() {
        return patterns;
    }

    /** All tokens. */
    public SortedSet<Integer> tokens() {
        return tokens;
    }

    /**
     * The bytes of native stack that looking for the patterns may take: std::regex recurses for every character that a repetition matches.
     *
     * @param bytes how long the text is in UTF-8
     */
    public long stackFor(long bytes) {
        return patterns.stream()
                .map(PatternScan::new)
                .filter(scan -> scan.repetitions() > 0)
                .mapToLong(scan -> bytes * (STACK_PER_BYTE + scan.branches() * STACK_PER_BRANCH))
                .max()
                .orElse(0);
    }

    /** Whether nothing would ever wake it. */
    public boolean isEmpty() {
        return patterns.isEmpty() && tokens.isEmpty();
    }

    private static void check(String pattern) {
        if (pattern.isEmpty() || pattern.length() > LONGEST_PATTERN || pattern.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A trigger pattern has %d characters; it must have 1 to %d, and no NUL."
                    .formatted(pattern.length(), LONGEST_PATTERN));
        }
        var scan = new PatternScan(pattern);
        if (scan.isCounted()
                || scan.refersBack()
                || scan.repeatsWhatVaries()
                || scan.repetitions() > MOST_REPETITIONS) {
            throw new IllegalArgumentException(
                    "The trigger pattern %s could take llama.cpp too long: use no {n}, no \\1, at most %d of * and +, and none on a group that holds '|', '*', '+' or '?'."
                            .formatted(pattern, MOST_REPETITIONS));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GrammarTriggers triggers
                && patterns.equals(triggers.patterns)
                && tokens.equals(triggers.tokens);
    }

    @Override
    public int hashCode() {
        return patterns.hashCode() * 31 + tokens.hashCode();
    }

    @Override
    public String toString() {
        return "GrammarTriggers[patterns " + patterns + ", tokens " + tokens + "]";
    }
}
