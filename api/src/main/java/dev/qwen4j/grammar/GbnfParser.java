package dev.qwen4j.grammar;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads GBNF as llama.cpp does (src/llama-grammar.cpp, llama_grammar_parser), rule for rule and element for element, so that both take the same
 * texts; where llama.cpp would overflow its stack, loop or run out of memory, this one refuses.
 */
final class GbnfParser {
    /** llama.cpp takes some 450 bytes of stack a level. */
    static final int MOST_NESTED = 256;

    /** llama.cpp's MAX_REPETITION_THRESHOLD. */
    private static final int MOST_REPEATED = 2000;

    private static final long UNLIMITED = -1;
    private static final BigInteger LARGEST = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    private final GbnfText text;
    private final GbnfRules rules = new GbnfRules();
    private final List<TokenReference> tokens = new ArrayList<>();
    private int nested;

    GbnfParser(GbnfText text) {
        this.text = text;
    }

    /** Reads all rules; {@link #tokens} is then complete. */
    GbnfRules parse() {
        text.skipSpace(true);
        while (!text.atEnd()) {
            rule();
        }
        checkReferences();
        return rules;
    }

    /** The tokens that the grammar names. */
    List<TokenReference> tokens() {
        return List.copyOf(tokens);
    }

    private void checkReferences() {
        for (int symbol = 0; symbol < rules.symbolCount(); symbol++) {
            // The last ones may be left out: llama.cpp has no place for them, and nothing refers to them.
            if (!rules.isDefined(symbol) && (symbol < rules.size() || isReferred(symbol))) {
                throw text.failure(
                        rules.mention(symbol), "the rule '" + rules.name(symbol) + "' is used and not defined");
            }
        }
    }

    private boolean isReferred(int symbol) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.isDefined(i) && rules.rule(i).contains(GbnfElement.reference(symbol))) {
                return true;
            }
        }
        return false;
    }

    private void rule() {
        int position = text.position();
        var name = text.name();
        text.skipSpace(false);
        int symbol = rules.named(name, position);
        text.expect("::=");
        text.skipSpace(true);
        alternatives(name, symbol, false);
        if (!text.take("\r\n") && !text.take("\r") && !text.take("\n") && !text.atEnd()) {
            throw text.failure("expected an item, '|' or the end of the line, " + text.found());
        }
        text.skipSpace(true);
    }

    private void alternatives(String name, int symbol, boolean inGroup) {
        var rule = new ArrayList<GbnfElement>();
        sequence(name, rule, inGroup);
        while (text.take("|")) {
            rule.add(GbnfElement.ALTERNATIVE);
            text.skipSpace(true);
            sequence(name, rule, inGroup);
        }
        define(symbol, rule);
    }

    private void define(int symbol, List<GbnfElement> rule) {
        checkRoom(rule.size());
        rules.define(symbol, rule);
    }

    private void sequence(String name, List<GbnfElement> rule, boolean inGroup) {
        int itemStart = rule.size();
        // How many rules the last item has become, as llama.cpp counts them.
        long itemRules = 1;
        while (!text.atEnd()) {
            int position = text.position();
            int c = text.peek();
            if (isRepetition(c)) {
                var bounds = bounds(inGroup);
                itemRules *= repeat(name, rule, itemStart, itemRules, bounds, position);
                continue;
            }
            int before = rule.size();
            long made = 1;
            if (c == '"') {
                literal(rule);
            } else if (c == '[') {
                characterClass(rule);
            } else if (c == '<' || c == '!') {
                token(rule);
            } else if (text.atName()) {
                rule.add(GbnfElement.reference(rules.named(text.name(), position)));
            } else if (c == '(') {
                made = group(name, rule);
            } else if (c == '.') {
                text.next();
                rule.add(GbnfElement.TERMINAL);
            } else {
                return;
            }
            text.skipSpace(inGroup);
            itemStart = before;
            itemRules = made;
        }
    }

    private void literal(List<GbnfElement> rule) {
        text.next();
        while (text.peek() != '"') {
            text.character();
            rule.add(GbnfElement.TERMINAL);
        }
        text.next();
    }

    private void characterClass(List<GbnfElement> rule) {
        text.next();
        text.take("^");
        int start = rule.size();
        while (text.peek() != ']') {
            text.character();
            rule.add(start < rule.size() ? GbnfElement.CONTINUED : GbnfElement.TERMINAL);
            if (text.peek() == '-' && text.peek(1) != ']') {
                text.next();
                text.character();
                rule.add(GbnfElement.CONTINUED);
            }
        }
        text.next();
    }

    private void token(List<GbnfElement> rule) {
        text.take("!");
        int position = text.position();
        text.expect("<");
        if (text.take("[")) {
            var digits = text.digits();
            text.expect("]");
            text.expect(">");
            if (new BigInteger(digits).bitLength() >= Integer.SIZE) {
                throw text.failure(position, "token " + digits + " is in no vocabulary");
            }
            tokens.add(TokenReference.id(Integer.parseInt(digits), position));
        } else {
            tokens.add(TokenReference.spelled("<" + text.through('>'), position));
        }
        rule.add(GbnfElement.TERMINAL);
    }

    /** Returns how many rules it has become. */
    private long group(String name, List<GbnfElement> rule) {
        if (++nested > MOST_NESTED) {
            throw text.failure(
                    "groups are nested more than " + MOST_NESTED + " deep; give the inner ones a rule of their own");
        }
        text.next();
        text.skipSpace(true);
        int before = rules.symbolCount();
        int symbol = rules.generated(name, text.position());
        alternatives(name, symbol, true);
        long made = Math.max(1, rules.symbolCount() - before);
        rule.add(GbnfElement.reference(symbol));
        if (text.peek() != ')') {
            throw text.failure("expected ')', an item or '|', " + text.found());
        }
        text.next();
        nested--;
        return made;
    }

    private static boolean isRepetition(int c) {
        return c == '*' || c == '+' || c == '?' || c == '{';
    }

    /** How often something comes; {@link #UNLIMITED} is no maximum. */
    private record Bounds(long min, long max) {}

    private Bounds bounds(boolean inGroup) {
        int c = text.next();
        text.skipSpace(inGroup);
        return switch (c) {
            case '*' -> new Bounds(0, UNLIMITED);
            case '+' -> new Bounds(1, UNLIMITED);
            case '?' -> new Bounds(0, 1);
            default -> numbers(inGroup);
        };
    }

    private Bounds numbers(boolean inGroup) {
        int position = text.position();
        long min = number();
        text.skipSpace(inGroup);
        long max = min;
        if (text.take(",")) {
            text.skipSpace(inGroup);
            max = UNLIMITED;
            if (text.atDigit()) {
                max = number();
                text.skipSpace(inGroup);
            }
            text.expect("}");
        } else if (!text.take("}")) {
            throw text.failure("expected ',' or '}', " + text.found());
        }
        text.skipSpace(inGroup);
        if (min > MOST_REPEATED) {
            throw text.failure(position, "at most " + MOST_REPEATED + " repetitions are possible");
        }
        if (max != UNLIMITED && max < min) {
            throw text.failure(position, "{" + min + "," + max + "} has a maximum below its minimum");
        }
        return new Bounds(min, max > MOST_REPEATED ? UNLIMITED : max);
    }

    /** Numbers above any that matters are all the same. */
    private long number() {
        int position = text.position();
        var value = new BigInteger(text.digits());
        if (value.compareTo(LARGEST) > 0) {
            throw text.failure(position, "the number has more than 64 bits");
        }
        return value.min(BigInteger.valueOf(Integer.MAX_VALUE)).longValueExact();
    }

    /** Does to the last item what llama.cpp does, and returns how many rules it stands for. */
    private long repeat(
            String name, List<GbnfElement> rule, int itemStart, long itemRules, Bounds bounds, int position) {
        if (itemStart == rule.size()) {
            throw text.failure(position, "there is nothing before it to repeat");
        }
        boolean unlimited = bounds.max() == UNLIMITED;
        long total = !unlimited && bounds.max() > 0 ? bounds.max() : Math.max(1, bounds.min());
        if (itemRules * total > MOST_REPEATED) {
            throw text.failure(
                    position,
                    "repetitions inside of repetitions become more than " + MOST_REPEATED
                            + " rules; use fewer, or no maximum");
        }
        var item = List.copyOf(rule.subList(itemStart, rule.size()));
        long optional = unlimited ? 1 : bounds.max() - bounds.min();
        checkRoom((bounds.min() + optional) * (item.size() + 2L) + rule.size());
        if (bounds.min() == 0) {
            rule.subList(itemStart, rule.size()).clear();
        }
        for (long i = 1; i < bounds.min(); i++) {
            rule.addAll(item);
        }
        int last = -1;
        for (long i = 0; i < optional; i++) {
            int symbol = rules.generated(name, position);
            var again = new ArrayList<>(item);
            if (unlimited || i > 0) {
                again.add(GbnfElement.reference(unlimited ? symbol : last));
            }
            again.add(GbnfElement.ALTERNATIVE);
            rules.define(symbol, again);
            last = symbol;
        }
        if (optional > 0) {
            rule.add(GbnfElement.reference(last));
        }
        return total;
    }

    private void checkRoom(long more) {
        if (!rules.hasRoom(more)) {
            throw text.failure("repetitions and rules come to more than %,d elements; use fewer, or no maximum"
                    .formatted(GbnfRules.MOST_ELEMENTS));
        }
    }
}
