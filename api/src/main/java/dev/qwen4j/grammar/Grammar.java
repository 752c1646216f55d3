package dev.qwen4j.grammar;

import dev.qwen4j.LlamaException;
import dev.qwen4j.internal.NativeSchema;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A grammar that constrains generation, in llama.cpp's GBNF (grammars/README.md there): checked wholly, so that a sampler can be made of it.
 *
 * <p>What llama.cpp refuses is refused here, before it is called, with line, column and what was expected. Refused too is what it would take and then
 * overflow its stack, loop or run out of memory on: groups nested more than 256 deep, rules that begin with rules more than 2,048 deep, repetitions
 * that come to more than 1,048,576 elements, alternatives that begin in more than 65,536 ways, {@code {5,3}}, left recursion through rules that are
 * empty by others. Nothing limits the memory that an ambiguous grammar takes while it is matched: take grammars from people you trust.
 *
 * <p>Immutable; for any number of threads.
 */
public final class Grammar {
    /** A larger one takes minutes in llama.cpp. */
    private static final int LONGEST = 1 << 20;

    private static final int LONGEST_SCHEMA = 1 << 17;
    private static final int DEEPEST_SCHEMA = 64;

    private static final JsonMapper SCHEMAS = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST_SCHEMA)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final String text;
    private final String root;
    private final List<TokenReference> tokens;

    private Grammar(String text, String root, List<TokenReference> tokens) {
        this.text = text;
        this.root = root;
        this.tokens = tokens;
    }

    /**
     * Checks a grammar whose start is the rule {@code root}.
     *
     * @throws GrammarException if it is not GBNF, not defined wholly, left-recursive or too large
     */
    public static Grammar parse(String text) {
        return parse(text, "root");
    }

    /**
     * Checks a grammar.
     *
     * @param root the name of the rule that it starts with
     * @throws GrammarException if it is not GBNF, not defined wholly, left-recursive or too large
     */
    public static Grammar parse(String text, String root) {
        checkCharacters(text);
        var characters = new GbnfText(text);
        var parser = new GbnfParser(characters);
        var rules = parser.parse();
        if (rules.defined(root) < 0) {
            throw characters.failure("there is no rule '" + root + "' to start with");
        }
        LeftmostCheck.check(characters, rules);
        return new Grammar(text, root, parser.tokens());
    }

    /**
     * The grammar of all JSON texts that fit a schema, as llama.cpp derives it: members in the schema's order, little white space. Loads the native
     * libraries.
     *
     * @param schema a JSON schema of at most 131,072 characters, nested at most 64 deep
     * @throws IllegalArgumentException if it is not such JSON, or llama.cpp cannot express it: references to other documents, for example
     * @throws GrammarException if the grammar is too large
     */
    public static Grammar ofJsonSchema(String schema) {
        if (schema.length() > LONGEST_SCHEMA || schema.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("The JSON schema has %,d characters; at most %,d are taken, and no NUL."
                    .formatted(schema.length(), LONGEST_SCHEMA));
        }
        try {
            SCHEMAS.readTree(schema);
            return parse(NativeSchema.grammar(schema));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("The JSON schema is not taken: " + e.getOriginalMessage(), e);
        } catch (LlamaException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The text. */
    public String text() {
        return text;
    }

    /** The name of the rule that it starts with. */
    public String root() {
        return root;
    }

    /**
     * Checks that a vocabulary has the tokens that the grammar names by id ({@code <[151643]>}) or spelling ({@code <think>}); samplers do this.
     *
     * @param vocabularySize the number of tokens
     * @param tokensOf the tokens of a text, control tokens parsed
     * @throws GrammarException if it has not, or a spelling is not one token
     */
    public void checkTokens(int vocabularySize, Function<String, int[]> tokensOf) {
        for (var token : tokens) {
            problem(token, vocabularySize, tokensOf).ifPresent(problem -> {
                throw new GbnfText(text).failure(token.position(), problem);
            });
        }
    }

    private static Optional<String> problem(
            TokenReference token, int vocabularySize, Function<String, int[]> tokensOf) {
        if (token.spelling().isEmpty()) {
            return token.id() < vocabularySize
                    ? Optional.empty()
                    : Optional.of(
                            "token %d is not in the vocabulary, which has %d".formatted(token.id(), vocabularySize));
        }
        int length = tokensOf.apply(token.spelling()).length;
        return length == 1
                ? Optional.empty()
                : Optional.of("%s is %d tokens in this vocabulary, not one".formatted(token.spelling(), length));
    }

    private static void checkCharacters(String text) {
        if (text.length() > LONGEST) {
            throw new GrammarException(
                    1, 1, "it has %,d characters; at most %,d are taken".formatted(text.length(), LONGEST));
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
            if (c == 0 || (Character.isSurrogate(c) && !pair)) {
                throw new GbnfText(text.substring(0, i))
                        .failure(i, c == 0 ? "it holds a NUL character" : "it holds half of a surrogate pair");
            }
            i += pair ? 1 : 0;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Grammar grammar && text.equals(grammar.text) && root.equals(grammar.root);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return "Grammar[" + root + ", " + text.length() + " characters]";
    }
}
