package dev.qwen4j.cli;

import dev.qwen4j.ChatRequest;
import dev.qwen4j.ChatRequest.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was said so far, and the instructions before it. */
final class Conversation {
    private final List<Message> turns = new ArrayList<>();
    private Optional<String> system;

    Conversation(Optional<String> system) {
        this.system = system;
    }

    /** The conversation with a question at its end. */
    ChatRequest request(String question) {
        var messages = new ArrayList<Message>();
        system.ifPresent(text -> messages.add(new Message("system", text)));
        messages.addAll(turns);
        messages.add(new Message("user", question));
        return ChatRequest.of(messages);
    }

    /** Remembers a question and its answer. Thoughts are not remembered: Qwen3's template drops them too. */
    void add(String question, String answer) {
        turns.add(new Message("user", question));
        turns.add(new Message("assistant", answer));
    }

    /** Forgets what was said, and keeps the instructions. */
    void clear() {
        turns.clear();
    }

    /** Changes the instructions, also for what was said already. */
    void system(Optional<String> text) {
        system = text;
    }
}
