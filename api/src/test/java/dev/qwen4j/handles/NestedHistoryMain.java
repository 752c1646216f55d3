package dev.qwen4j.handles;

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
            model.chatTemplate().render(history);
            brief.render(history);
            System.out.println("lives");
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
