package dev.qwen4j;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a model replied: a thought, an answer, tool calls; each may be missing. Immutable. */
public final class ChatReply {
    private final JsonNode message;

    ChatReply(JsonNode message) {
        this.message = message;
    }

    /**
     * A call of a tool.
     *
     * @param id the call's own name; may be empty
     * @param name the tool's
     * @param arguments JSON text, which a reply that was cut short leaves broken
     */
    public record ToolCall(String id, String name, String arguments) {}

    /** What the model thought; may be empty. */
    public String thought() {
        return message.path("reasoning_content").asString("");
    }

    /** What it answered; may be empty. */
    public String text() {
        return message.path("content").asString("");
    }

    /** Which tools it calls. */
    public List<ToolCall> toolCalls() {
        return message.path("tool_calls")
                .valueStream()
                .map(call -> new ToolCall(
                        call.path("id").asString(""),
                        call.path("function").path("name").asString(""),
                        call.path("function").path("arguments").asString("")))
                .toList();
    }

    /** The message as JSON, in OpenAI's form: what belongs into the history. */
    public String json() {
        return message.toString();
    }

    @Override
    public String toString() {
        return "ChatReply[thought=" + thought() + ", text=" + text() + ", toolCalls=" + toolCalls() + "]";
    }
}
