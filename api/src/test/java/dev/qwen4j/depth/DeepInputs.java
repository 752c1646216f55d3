package dev.qwen4j.depth;

import dev.qwen4j.ChatRequest;
import dev.qwen4j.Model;
import dev.qwen4j.Qwen4jException;
import dev.qwen4j.nano.Nano;
import java.nio.file.Path;
import java.util.List;

/** Inputs on which native code recurses a level for each of their characters; a stack overflow there would end this JVM. */
public final class DeepInputs {
    private static final int LEVELS = 5_000;
    private static final List<String> UNITS = List.of("a", " ", "1", "\n", "!", "é", "🙂", "a1 ", "<|im_end|>");
    private static final String TOOLS = """
            {"messages": [{"role": "user", "content": "x"}], "enable_thinking": false,
             "tools": [{"type": "function", "function": {"name": "w", "description": "d",
               "parameters": {"type": "object", "properties": {"city": {"type": "array"}}}}}]}""";

    private DeepInputs() {}

    /** Feeds them all, from this thread and from a virtual one. Arguments: the length of long texts, vocabulary files. */
    public static void main(String[] args) throws InterruptedException {
        var virtual = Thread.ofVirtual().start(() -> run(args));
        virtual.join();
        run(args);
        System.out.println("survived");
    }

    private static void run(String[] args) {
        int length = Integer.parseInt(args[0]);
        for (int i = 1; i < args.length; i++) {
            try (var model = Model.load(Path.of(args[i]), options -> options.vocabularyOnly(true))) {
                UNITS.forEach(unit -> model.tokenizer().encode(unit.repeat(length / unit.length())));
                UNITS.forEach(unit -> model.tokenizer().encodeTrusted(unit.repeat(length / unit.length()), true));
            }
        }
        try (var model = Model.load(Nano.file(), options -> options.vocabularyOnly(true))) {
            for (var jinja : templates()) {
                attempt(() -> {
                    try (var template = model.chatTemplate(jinja)) {
                        template.render(ChatRequest.user("x"));
                    }
                });
            }
            var prompt = model.chatTemplate().render(TOOLS);
            for (var reply : replies()) {
                attempt(() -> prompt.parse(reply, true));
                attempt(() -> prompt.parse(reply, false));
            }
            for (var arguments : List.of(
                    "[".repeat(LEVELS), "[".repeat(LEVELS) + "]".repeat(LEVELS), "[\\\"]\\\",".repeat(LEVELS))) {
                attempt(() -> model.chatTemplate().render("""
                        {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "", "tool_calls":
                          [{"id": "1", "type": "function", "function": {"name": "w", "arguments": "%s"}}]}]}""".formatted(arguments)));
            }
            attempt(() -> model.chatTemplate().render("[".repeat(LEVELS)));
            attempt(() ->
                    model.chatTemplate().render("{\"messages\":" + "[".repeat(LEVELS) + "]".repeat(LEVELS) + "}"));
        }
    }

    private static List<String> templates() {
        return List.of(
                "{{ " + "(".repeat(LEVELS) + "1" + ")".repeat(LEVELS) + " }}",
                "{{ " + "[".repeat(LEVELS) + "]".repeat(LEVELS) + " }}",
                "{{ " + "{1:".repeat(LEVELS) + "1" + "}".repeat(LEVELS) + " }}",
                "{{ " + "not ".repeat(LEVELS) + "1 }}",
                "{{ " + "-".repeat(LEVELS) + "1 }}",
                "{{ " + "1 if 1 else ".repeat(LEVELS / 4) + "1 }}",
                "{{ " + "1+".repeat(LEVELS) + "1 }}",
                "{{ 'a'" + "|trim".repeat(LEVELS) + " }}",
                "{{ messages" + ".a".repeat(LEVELS) + " }}",
                "{{ messages" + "[0]".repeat(LEVELS) + " }}",
                "{% if 1 %}".repeat(LEVELS / 4) + "x" + "{% endif %}".repeat(LEVELS / 4),
                "{% for i in [1] %}".repeat(LEVELS / 8) + "x" + "{% endfor %}".repeat(LEVELS / 8),
                "{{ ".repeat(LEVELS));
    }

    private static List<String> replies() {
        var call = "<tool_call>\n{\"name\": \"w\", \"arguments\": {\"city\": ";
        return List.of(
                call + "[".repeat(LEVELS),
                call + "{\"a\":".repeat(LEVELS),
                call + "\"" + "\\\"".repeat(LEVELS),
                call + "[1,".repeat(LEVELS),
                call + "[\"]\",".repeat(LEVELS),
                "<tool_call>".repeat(LEVELS),
                "<think>".repeat(LEVELS),
                "a".repeat(20 * LEVELS),
                "\n".repeat(20 * LEVELS),
                "[".repeat(LEVELS));
    }

    /** An exception of ours is an answer like any other. */
    private static void attempt(Runnable call) {
        try {
            call.run();
        } catch (Qwen4jException e) {
            // Refused.
        }
    }
}
