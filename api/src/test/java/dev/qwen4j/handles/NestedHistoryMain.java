package dev.qwen4j.handles;

import dev.qwen4j.ChatTemplate;
import dev.qwen4j.ChatTemplateException;
import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;

/** Renders tool calls of earlier turns whose arguments are nested: JSON inside of strings, which no parser of the request has seen. */
final class NestedHistoryMain {
    private static final int DEPTH = 20_000;

    private NestedHistoryMain() {}

    public static void main(String[] args) throws InterruptedException {
        // The main thread's stack is larger than that of all others.
        Thread.ofPlatform().start(NestedHistoryMain::run).join();
    }

    private static void run() {
        var history = history("[".repeat(DEPTH) + "]".repeat(DEPTH));
        try (var model = Model.load(Nano.file());
                var brief = model.chatTemplate("{{ messages[1].tool_calls[0].function.arguments }}")) {
            refuse(model.chatTemplate(), history);
            refuse(brief, history);
            brief.render(history("[".repeat(400) + "]".repeat(400)));
            System.out.println("lives");
        }
    }

    private static void refuse(ChatTemplate template, String history) {
        try {
            template.render(history);
            throw new AssertionError("It was rendered.");
        } catch (ChatTemplateException e) {
            System.out.println(e.getMessage());
        }
    }

    private static String history(String arguments) {
        return """
                {"messages":[
                  {"role":"user","content":"x"},
                  {"role":"assistant","content":"","tool_calls":[
                    {"id":"1","type":"function","function":{"name":"f","arguments":"{\\"a\\":%s}"}}]},
                  {"role":"tool","tool_call_id":"1","content":"y"}]}""".formatted(arguments);
    }
}
