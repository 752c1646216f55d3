package dev.qwen4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrammarTest {
    static Stream<Arguments> refusesWithLineColumnAndWhatWasExpected() {
        return Stream.of(
                Arguments.of("", 1, 1, "there is no rule 'root'"),
                Arguments.of("root = \"a\"", 1, 6, "expected '::=', found '='"),
                Arguments.of("root ::= \"a\n", 2, 1, "the grammar ends inside of a literal"),
                Arguments.of("root ::= [a-", 1, 13, "the grammar ends inside of a literal or a character class"),
                Arguments.of("root ::= \"\\q\"", 1, 11, "unknown escape"),
                Arguments.of("root ::= \"\\x4\"", 1, 14, "expected 2 hexadecimal digits, found '\"'"),
                Arguments.of("root ::= (\"a\" | \"b\"", 1, 20, "expected ')', an item or '|', the grammar ends"),
                Arguments.of("root ::= \"a\" )", 1, 14, "expected an item, '|' or the end of the line, found ')'"),
                Arguments.of("root ::= *", 1, 10, "there is nothing before it to repeat"),
                Arguments.of("root ::= \"\"+", 1, 12, "there is nothing before it to repeat"),
                Arguments.of("root ::= \"a\"{x}", 1, 14, "expected a number, found 'x'"),
                Arguments.of("root ::= \"a\"{3", 1, 15, "expected ',' or '}', the grammar ends"),
                Arguments.of("root ::= \"a\"{5,3}", 1, 14, "{5,3} has a maximum below its minimum"),
                Arguments.of("root ::= \"a\"{2001}", 1, 14, "at most 2000 repetitions"),
                Arguments.of("root ::= \"a\"{99999999999999999999}", 1, 14, "more than 64 bits"),
                Arguments.of("root ::= (\"a\"{0,50}){50}", 1, 21, "become more than 2000 rules"),
                Arguments.of("root ::= a_b", 1, 11, "expected an item, '|' or the end of the line, found '_'"),
                Arguments.of("root ::= \"🔵\" other\n", 1, 14, "the rule 'other' is used and not defined"),
                Arguments.of("# a comment\r\nroot ::= \"a\"\r\n\r\nb :: c", 4, 3, "expected '::='"),
                Arguments.of("::= \"a\"", 1, 1, "expected the name of a rule"),
                Arguments.of("root ::= <[x]>", 1, 12, "expected a number, found 'x'"),
                Arguments.of("root ::= <[1>", 1, 13, "expected ']', found '>'"),
                Arguments.of("root ::= <think", 1, 16, "expected '>' before the grammar ends"),
                Arguments.of("root ::= !a", 1, 11, "expected '<', found 'a'"),
                Arguments.of("root ::= <[4294967296]>", 1, 10, "token 4294967296 is in no vocabulary"),
                Arguments.of("root ::= \"a\0\"", 1, 12, "NUL"),
                Arguments.of("root ::= \"\uD83D\"", 1, 11, "half of a surrogate pair"),
                Arguments.of("root ::= root \"a\" | \"b\"", 1, 1, "left-recursive"),
                Arguments.of("root ::= \"x\" | a\na ::= (b)? a \"c\"\nb ::= \"d\"", 1, 16, "'a' is left-recursive"));
    }

    @ParameterizedTest
    @MethodSource
    void refusesWithLineColumnAndWhatWasExpected(String text, int line, int column, String words) {
        assertThatThrownBy(() -> Grammar.parse(text))
                .isInstanceOfSatisfying(GrammarException.class, e -> {
                    assertThat(e.line()).as(e.getMessage()).isEqualTo(line);
                    assertThat(e.column()).as(e.getMessage()).isEqualTo(column);
                })
                .hasMessageStartingWith("Line %d, column %d of the grammar: ".formatted(line, column))
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root ::=",
                "root ::= \"a\" |",
                "root ::= [] \"a\"",
                "root ::= [^\\n]{2,} \"x\"{0} .? | (\n\"b\"\n|\n\"c\"\n)*",
                "root ::= \"a\"{0,9999}",
                "root::=\"\\x41\\u00e9\\U0001F535\\t\\\"\\[\\]\\-\"",
                "root ::= a b\na ::= \"1\"\nb ::= \"2\"\na ::= \"3\"",
                "root ::= <[12]> !<[13]>* <think> !<think>",
                // Cycles that llama.cpp lets pass, and that leave nothing on its stack.
                "root ::= ((\"a\"?)*)*",
                "root ::= \"x\" | a\na ::= b a\nb ::= \"y\"?"
            })
    void takesWhatIsUnusualAndRight(String text) {
        assertThat(Grammar.parse(text).text()).isEqualTo(text);
    }

    /** Each would end the JVM, or not end, in llama.cpp. */
    static Stream<Arguments> refusesWhatLlamaCppWouldChokeOn() {
        return Stream.of(
                Arguments.of("root ::= " + "(".repeat(200_000), "nested more than 256 deep"),
                Arguments.of("root ::= " + "(".repeat(257) + "\"a\"" + ")".repeat(257), "nested more than 256 deep"),
                Arguments.of(chain(30_000, "%s"), "more than 2,048 deep"),
                // Twice the work, and twice the stacks, with each rule.
                Arguments.of(chain(40, "%1$s | %1$s"), "begin in more than 65,536 ways"),
                Arguments.of(
                        chain(15, "%1$s | %1$s").replace("\"a\"", "\"" + "a".repeat(2000) + "\""),
                        "too many ways to look for left recursion"),
                Arguments.of(chain(40, "\"x\"? %1$s \"y\" | \"x\"? %1$s \"z\""), "begin in more than 65,536 ways"),
                Arguments.of(
                        "root ::= "
                                + ("\"" + "a".repeat(1000) + "\"{2000}\n ")
                                        .repeat(1)
                                        .strip() + " \"b\"",
                        "1,048,576 elements"),
                Arguments.of(
                        IntStream.range(0, 600)
                                .mapToObj(i -> "r" + i + " ::= \"a\"{0,2000}\n")
                                .collect(Collectors.joining("", "root ::= \"b\"\n", "")),
                        "1,048,576 elements"),
                Arguments.of("root ::= \"" + "a".repeat(1 << 20) + "\"", "at most 1,048,576 are taken"),
                // Empty only by another rule, which llama.cpp does not look for: it would push "y" for ever.
                Arguments.of("root ::= b root \"y\" | \"x\"\nb ::= c\nc ::= ", "left-recursive"),
                // A start that is mentioned only where it disappears has no rule.
                Arguments.of("a ::= \"x\" root{0}", "there is no rule 'root'"));
    }

    @ParameterizedTest
    @MethodSource
    void refusesWhatLlamaCppWouldChokeOn(String text, String words) {
        assertThatThrownBy(() -> Grammar.parse(text))
                .isInstanceOf(GrammarException.class)
                .hasMessageContaining(words);
    }

    @Test
    void checksTheTokensThatItNames() {
        var grammar = Grammar.parse("root ::= \"a\" |\n  <[99]> <think>");
        grammar.checkTokens(100, text -> new int[] {1});
        assertThatThrownBy(() -> grammar.checkTokens(99, text -> new int[] {1}))
                .isInstanceOf(GrammarException.class)
                .hasMessage("Line 2, column 3 of the grammar: token 99 is not in the vocabulary, which has 99");
        assertThatThrownBy(() -> grammar.checkTokens(100, text -> new int[] {1, 2}))
                .isInstanceOf(GrammarException.class)
                .hasMessage("Line 2, column 10 of the grammar: <think> is 2 tokens in this vocabulary, not one");
    }

    @Test
    void refusesSchemasThatLlamaCppCannotExpressOrWouldChokeOn() {
        for (var schema : new String[] {
            "{",
            "[".repeat(20_000),
            "{\"$ref\":\"https://example.com/x\"}",
            " ".repeat(1 << 18),
            "{\"type\":\"nothing\"}",
            "{} {}"
        }) {
            assertThatThrownBy(() -> Grammar.ofJsonSchema(schema))
                    .as(schema.substring(0, Math.min(40, schema.length())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("JSON schema");
        }
        var brackets = "{\"type\":\"string\",\"pattern\":\"^" + "(".repeat(60_000) + "a" + ")".repeat(60_000) + "$\"}";
        // It recurses for each of them, on a stack as deep.
        assertThat(Grammar.ofJsonSchema(brackets).text()).contains("root ::=");
    }

    /** Rules of which each begins with the next one. */
    private static String chain(int length, String form) {
        return IntStream.range(0, length)
                .mapToObj(i -> "r" + i + " ::= " + form.formatted("r" + (i + 1)) + "\n")
                .collect(Collectors.joining("", "root ::= r0\n", "r" + length + " ::= \"a\"\n"));
    }
}
