package dev.qwen4j;

import dev.qwen4j.internal.NativeChatTemplate;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A rendered conversation, and what is needed to read the reply to it. Immutable. */
public final class ChatPrompt {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final JsonNode rendered;
    private final ControlText controlText;
    private final Tokenizer tokenizer;

    ChatPrompt(JsonNode rendered, ControlText controlText, Tokenizer tokenizer) {
        this.rendered = rendered;
        this.controlText = controlText;
        this.tokenizer = tokenizer;
    }

    /** The text, with control tokens spelled out. To decode it, take {@link #tokens}: from here one cannot tell who wrote them. */
    public String text() {
        return controlText.unmasked(rendered.path("prompt").asString());
    }

    /**
     * The tokens to decode: control tokens where the template put them; what is spelled like one in a message, such as {@code <|im_end|>}, is text.
     *
     * @throws IllegalStateException if the model is closed
     */
    public int[] tokens() {
        return controlText.tokens(rendered.path("prompt").asString(), tokenizer);
    }

    /** The end of the text that begins the reply, such as {@code <|im_start|>assistant}. */
    public String generationPrompt() {
        return controlText.unmasked(rendered.path("generation_prompt").asString());
    }

    /** Texts that end a reply, beside the model's own tokens for that. */
    public List<String> stops() {
        return rendered.path("additional_stops")
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }

    /**
     * A grammar in GBNF that keeps tool calls or JSON well-formed; empty if nothing of that sort was asked for. Where the model is free to call a tool or to
     * answer in text, it is the grammar of a call alone: in {@link SamplingBuilder#grammar} it forces one.
     */
    public Optional<String> grammar() {
        return Optional.of(controlText.unmaskedInQuotes(rendered.path("grammar").asString()))
                .filter(text -> !text.isEmpty());
    }

    /** Whether the template knows of thinking. */
    public boolean supportsThinking() {
        return rendered.path("supports_thinking").asBoolean();
    }

    /**
     * Reads a reply that the model generated, without control tokens; while it is still coming, as far as it can be read.
     *
     * @param partial whether more is to come
     * @throws ChatTemplateException if a whole reply does not fit the format, as one cut in a tool call does not
     * @throws Qwen4jException if the reply opens more than some 260,000 brackets
     */
    public ChatReply parse(String reply, boolean partial) {
        try {
            return new ChatReply(JSON.readTree(
                    NativeChatTemplate.parse(request(reply, partial).toString())));
        } catch (LlamaException e) {
            throw new ChatTemplateException(e.getMessage(), e);
        }
    }

    private ObjectNode request(String reply, boolean partial) {
        var request = JsonNodeFactory.instance.objectNode();
        request.put("text", reply);
        request.put("partial", partial);
        request.set("format", rendered.path("format"));
        request.put(
                "parser", controlText.unmaskedInQuotes(rendered.path("parser").asString()));
        request.put("generation_prompt", generationPrompt());
        return request;
    }
}
