package dev.qwen4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingException;
import dev.qwen4j.child.LlamaCppSource;
import dev.qwen4j.grammar.CppLiterals.Part;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** llama.cpp's own grammars and tests of grammars, read where its sources lie. */
class LlamaCppGrammarsTest {
    private static Model model;
    private static Context context;
    private static int endOfGeneration;
    private static String integrationTests;

    /**
     * A test of a grammar, given by itself or by a JSON schema.
     *
     * @param description what llama.cpp calls it
     * @param grammar the grammar
     * @param passing the texts that are in it
     * @param failing the texts that are not
     */
    private record Case(String description, String grammar, List<List<Part>> passing, List<List<Part>> failing) {}

    @BeforeAll
    static void load() throws IOException {
        model = Model.load(Nano.file());
        context = model.newContext(options -> options.length(256).threads(1));
        endOfGeneration = model.tokenizer().endOfTurn().orElseThrow();
        integrationTests = Files.readString(LlamaCppSource.path("tests", "test-grammar-integration.cpp"));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void acceptsAndRejectsWhatLlamaCppsTestsSay() {
        int accepted = 0;
        int rejected = 0;
        var cases = cases();
        for (var test : cases) {
            try (var sampler = sampler(Grammar.parse(test.grammar()))) {
                for (var text : test.passing()) {
                    assertThat(isAccepted(sampler, text))
                            .as(test.description() + " accepts " + text)
                            .isTrue();
                    accepted++;
                }
                for (var text : test.failing()) {
                    assertThat(isAccepted(sampler, text))
                            .as(test.description() + " accepts " + text)
                            .isFalse();
                    rejected++;
                }
            }
        }
        assertThat(cases).hasSizeGreaterThan(40);
        System.out.printf(
                "[grammar] test-grammar-integration: %d grammars, %d texts accepted, %d rejected%n",
                cases.size(), accepted, rejected);
    }

    @Test
    void takesLlamaCppsGrammarFiles() throws IOException {
        int taken = 0;
        try (var files = Files.newDirectoryStream(LlamaCppSource.path("grammars"), "*.gbnf")) {
            for (var file : files) {
                sampler(Grammar.parse(Files.readString(file))).close();
                taken++;
            }
        }
        assertThat(taken).isGreaterThanOrEqualTo(8);
        System.out.printf("[grammar] %d files of grammars/%n", taken);
    }

    @Test
    void refusesWhatLlamaCppsTestsSayCannotBeBuilt() throws IOException {
        refused("test_failure_missing_root()", 1, "there is no rule 'root'");
        refused("test_failure_missing_reference()", 1, "the rule 'numero' is used and not defined");
        refused("test_failure_left_recursion()", 4, "left-recursive");
        refused("test_custom_root_symbol_check()", 1, "there is no rule 'root'");
        assertThat(Grammar.parse(grammars("test_custom_root_symbol_check()").getFirst(), "foobar")
                        .root())
                .isEqualTo("foobar");
        assertThatThrownBy(() -> Grammar.parse(
                        grammars("test_failure_missing_root_symbol()").getFirst(), "nonexistent"))
                .isInstanceOf(GrammarException.class);
    }

    @Test
    void agreesWithTheTestsOfLlamaCppsParser() throws IOException {
        var source = Files.readString(LlamaCppSource.path("tests", "test-grammar-parser.cpp"));
        var failures = arguments(source, "verify_failure(R");
        var successes = arguments(source, "verify_parsing(R");
        for (var grammar : failures) {
            assertThatThrownBy(() -> Grammar.parse(grammar)).as(grammar).isInstanceOf(GrammarException.class);
        }
        for (var grammar : successes) {
            assertThat(Grammar.parse(grammar).text()).isEqualTo(grammar);
        }
        assertThat(failures).hasSizeGreaterThanOrEqualTo(5);
        assertThat(successes).hasSizeGreaterThanOrEqualTo(15);
        System.out.printf("[grammar] test-grammar-parser: %d taken, %d refused%n", successes.size(), failures.size());
    }

    private static void refused(String function, int count, String words) {
        var grammars = grammars(function);
        assertThat(grammars).as(function).hasSize(count);
        for (var grammar : grammars) {
            assertThatThrownBy(() -> Grammar.parse(grammar))
                    .isInstanceOf(GrammarException.class)
                    .hasMessageContaining(words);
        }
    }

    private static List<String> grammars(String function) {
        int from = integrationTests.indexOf("static void " + function);
        return arguments(integrationTests.substring(from, integrationTests.indexOf("\n}", from)), "R\"\"\"");
    }

    /** The literals that stand behind, or begin with, a text. */
    private static List<String> arguments(String source, String before) {
        var result = new ArrayList<String>();
        int offset = before.indexOf('R');
        int at = source.indexOf(before);
        while (at >= 0) {
            // Not the text of the helper that prints such a call.
            if (source.charAt(at + offset + 1) == '"') {
                var literals = new CppLiterals(source, at + offset);
                result.add(literals.literal());
                at = literals.at();
            }
            at = source.indexOf(before, at + 1);
        }
        return result;
    }

    private static List<Case> cases() {
        var cases = new ArrayList<Case>();
        var calls = Pattern.compile("(?m)^    test_(schema|grammar)\\(").matcher(integrationTests);
        while (calls.find()) {
            boolean schema = calls.group(1).equals("schema");
            var literals = new CppLiterals(integrationTests, calls.end());
            var description = literals.literal();
            literals.expect(",");
            var grammar = literals.literal();
            literals.expect(",");
            var passing = literals.texts();
            literals.expect(",");
            var failing = literals.texts();
            cases.add(
                    new Case(description, schema ? Grammar.ofJsonSchema(grammar).text() : grammar, passing, failing));
        }
        return cases;
    }

    private static Sampler sampler(Grammar grammar) {
        return context.newSampler(Sampling.builder().grammar(grammar).greedy());
    }

    /** Every token of it, and then an end. */
    private static boolean isAccepted(Sampler sampler, List<Part> text) {
        sampler.reset();
        try {
            for (var part : text) {
                switch (part) {
                    case Part.Token(int id) -> sampler.accept(id);
                    case Part.Characters(var characters) -> {
                        for (int token : model.tokenizer().encode(characters)) {
                            sampler.accept(token);
                        }
                    }
                }
            }
            sampler.accept(endOfGeneration);
            return true;
        } catch (SamplingException e) {
            assertThat(e.kind()).isEqualTo(SamplingException.Kind.REFUSED);
            return false;
        }
    }
}
