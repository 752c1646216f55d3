package dev.qwen4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Keeps what users write from becoming control tokens: a rendered prompt is full of them, and {@code <|im_end|>} in a message is spelled like one.
 *
 * <p>Such spellings are masked before the template runs, by characters of a private-use area with a number between them, and tokenised as text
 * afterwards. Immutable; for any number of threads.
 */
final class ControlText {
    private static final char OPEN = '\uE0F0';
    private static final char CLOSE = '\uE0F1';
    private static final Pattern MASK = Pattern.compile(OPEN + "(\\d{1,6})" + CLOSE);

    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<String> spellings;
    private final Pattern any;

    private ControlText(List<String> spellings) {
        this.spellings = spellings;
        this.any = Pattern.compile(
                String.join("|", spellings.stream().map(Pattern::quote).toList()));
    }

    /** The spellings of a vocabulary's control and unknown tokens, and the masks' own characters. */
    static ControlText of(Tokenizer tokenizer) {
        var spellings = new ArrayList<String>();
        Arrays.stream(tokenizer.specialTokens())
                .mapToObj(tokenizer::decodeWithControl)
                .filter(spelling -> !spelling.isEmpty())
                .forEach(spellings::add);
        // The longest first: one may begin with another.
        spellings.sort(Comparator.comparingInt(String::length).reversed());
        spellings.add(String.valueOf(OPEN));
        spellings.add(String.valueOf(CLOSE));
        return new ControlText(List.copyOf(spellings));
    }

    /**
     * A copy of a part of a request with every text in it masked, names of members too.
     *
     * @throws StreamConstraintsException if the arguments of a tool call are nested deeper than any parser should be asked to follow
     */
    JsonNode masked(JsonNode node) {
        return switch (node) {
            case StringNode text -> StringNode.valueOf(masked(text.stringValue()));
            case ObjectNode object -> {
                var copy = JsonNodeFactory.instance.objectNode();
                object.properties().forEach(member -> copy.set(masked(member.getKey()), maskedMember(member)));
                yield copy;
            }
            case ArrayNode array -> {
                var copy = JsonNodeFactory.instance.arrayNode();
                array.forEach(element -> copy.add(masked(element)));
                yield copy;
            }
            default -> node;
        };
    }

    private JsonNode maskedMember(Map.Entry<String, JsonNode> member) {
        return member.getKey().equals("arguments") && member.getValue() instanceof StringNode text
                ? StringNode.valueOf(maskedArguments(text.stringValue()))
                : masked(member.getValue());
    }

    /** The arguments of tool calls are JSON in a string: what is spelled with its escapes would be decoded by the template, after this. */
    private String maskedArguments(String text) {
        JsonNode tree;
        try {
            tree = JSON.readTree(text);
        } catch (StreamConstraintsException e) {
            throw e;
        } catch (JacksonException e) {
            return masked(text);
        }
        var masked = masked(tree);
        return masked.equals(tree) ? text : masked.toString();
    }

    private String masked(String text) {
        return any.matcher(text).replaceAll(match -> OPEN + String.valueOf(spellings.indexOf(match.group())) + CLOSE);
    }

    /** The rendered text as its reader sees it. */
    String unmasked(String rendered) {
        return unmasked(rendered, spelling -> spelling);
    }

    /** A grammar or a parser's description, where texts stand between quotes. */
    String unmaskedInQuotes(String rendered) {
        return unmasked(rendered, spelling -> spelling.replace("\\", "\\\\").replace("\"", "\\\""));
    }

    private String unmasked(String rendered, UnaryOperator<String> quoting) {
        return MASK.matcher(rendered)
                .replaceAll(match -> Matcher.quoteReplacement(quoting.apply(spelling(match.group(1)))));
    }

    /** The tokens of a rendered text: control tokens where the template wrote them, text where a message did. */
    int[] tokens(String rendered, Tokenizer tokenizer) {
        var runs = new ArrayList<int[]>();
        var mask = MASK.matcher(rendered);
        int from = 0;
        while (mask.find()) {
            runs.add(tokenizer.encodeTrusted(rendered.substring(from, mask.start()), from == 0));
            runs.add(tokenizer.encode(spelling(mask.group(1))));
            from = mask.end();
        }
        runs.add(tokenizer.encodeTrusted(rendered.substring(from), from == 0));
        return runs.stream().flatMapToInt(Arrays::stream).toArray();
    }

    private String spelling(String number) {
        int index = Integer.parseInt(number);
        // A template that writes such characters itself.
        return index < spellings.size() ? spellings.get(index) : OPEN + number + CLOSE;
    }
}
