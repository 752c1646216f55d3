package dev.qwen4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A conversation to be rendered; immutable. What it has no method for, tools above all, can be said in JSON: {@link ChatTemplate#render(String)}.
 */
public final class ChatRequest {
    /**
     * One message.
     *
     * @param role {@code system}, {@code user}, {@code assistant}, or what else the template knows
     * @param content its text
     */
    public record Message(String role, String content) {
        /** Refuses nulls and an empty role. */
        public Message {
            Objects.requireNonNull(content, "content");
            if (role.isBlank()) {
                throw new IllegalArgumentException("The role of a message is empty; use system, user or assistant.");
            }
        }
    }

    private final List<Message> messages;
    private final Optional<Boolean> thinking;

    private ChatRequest(List<Message> messages, Optional<Boolean> thinking) {
        this.messages = messages;
        this.thinking = thinking;
    }

    /** A conversation that begins with what the user says. */
    public static ChatRequest user(String content) {
        return new ChatRequest(List.of(), Optional.empty()).and("user", content);
    }

    /** A conversation that begins with instructions. */
    public static ChatRequest system(String content) {
        return new ChatRequest(List.of(), Optional.empty()).and("system", content);
    }

    /** A conversation of these messages. */
    public static ChatRequest of(List<Message> messages) {
        return new ChatRequest(List.copyOf(messages), Optional.empty());
    }

    /** The same conversation with one more message. */
    public ChatRequest and(String role, String content) {
        var longer = new ArrayList<>(messages);
        longer.add(new Message(role, content));
        return new ChatRequest(List.copyOf(longer), thinking);
    }

    /** The same conversation with thinking switched on or off, where the template has that switch. Default: the template's. */
    public ChatRequest thinking(boolean on) {
        return new ChatRequest(messages, Optional.of(on));
    }

    /** The messages in their order. */
    public List<Message> messages() {
        return messages;
    }

    /** The request as JSON. */
    public String json() {
        var request = JsonNodeFactory.instance.objectNode();
        var array = request.putArray("messages");
        for (var message : messages) {
            array.addObject().put("role", message.role()).put("content", message.content());
        }
        thinking.ifPresent(on -> request.put("enable_thinking", on));
        return request.toString();
    }
}
