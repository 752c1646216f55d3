package dev.qwen4j.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prompts are what llama-server of the same build renders for the same conversation. */
class ChatTemplateTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Test
    void rendersWhatLlamaServerRenders() throws Exception {
        var conversations = conversations();
        assertThat(conversations).hasSizeGreaterThanOrEqualTo(20);
        try (var server = new LlamaServer(Nano.file());
                var model = Model.load(Nano.file())) {
            for (var conversation : conversations) {
                var ours = model.chatTemplate().render(conversation.toString()).text();
                var theirs = JSON.readTree(server.post(
                                "/apply-template", forServer(conversation).toString()))
                        .path("prompt")
                        .asString();
                assertThat(ours).as(conversation.toString()).isEqualTo(theirs).contains("<|im_start|>");
            }
        }
        System.out.printf("[oracle] %d conversations: prompts equal llama-server's%n", conversations.size());
    }

    /** llama-server knows the switch as a variable of the template only. */
    private static ObjectNode forServer(ObjectNode conversation) {
        var request = conversation.deepCopy();
        var thinking = request.remove("enable_thinking");
        if (thinking != null) {
            request.putObject("chat_template_kwargs").set("enable_thinking", thinking);
        }
        return request;
    }

    private static List<ObjectNode> conversations() {
        var plain = new ArrayList<ObjectNode>();
        plain.add(conversation("user", "What is the capital of France?"));
        plain.add(conversation("user", "Hi", "assistant", "Hello! How can I help?", "user", "What is 3 + 4?"));
        plain.add(conversation("system", "Answer briefly.", "user", "Who are you?"));
        plain.add(conversation("user", "  spaces, \"quotes\", \\ and\nlines \t 日本語 🙂 "));
        plain.add(conversation(
                "user", "Think. /no_think", "assistant", "<think>\nhm\n</think>\n\nYes.", "user", "Sure? /think"));

        var all = new ArrayList<ObjectNode>();
        for (var base : plain) {
            all.add(base.deepCopy());
            all.add(base.deepCopy().put("enable_thinking", true));
            all.add(base.deepCopy().put("enable_thinking", false));
            all.add(withTools(base));
        }
        all.add(withTools(plain.get(0)).put("enable_thinking", false));
        all.add(withTools(plain.get(0)).put("tool_choice", "required"));
        all.add(withTools(plain.get(0)).put("tool_choice", "none"));
        all.add(withTools(plain.get(0)).put("parallel_tool_calls", true));
        all.add(toolRound());
        all.add(conversation("user", "Go").put("add_generation_prompt", false));
        return all;
    }

    private static ObjectNode conversation(String... rolesAndContents) {
        var request = JSON.createObjectNode();
        var messages = request.putArray("messages");
        for (int i = 0; i < rolesAndContents.length; i += 2) {
            messages.addObject().put("role", rolesAndContents[i]).put("content", rolesAndContents[i + 1]);
        }
        return request;
    }

    private static ObjectNode withTools(ObjectNode base) {
        var request = base.deepCopy();
        request.set("tools", JSON.readTree("""
                [{"type":"function","function":{"name":"get_weather","description":"Current weather of a city",
                  "parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}},
                 {"type":"function","function":{"name":"now","description":"The time",
                  "parameters":{"type":"object","properties":{}}}}]"""));
        return request;
    }

    private static ObjectNode toolRound() {
        var request = withTools(conversation("user", "Weather in Oslo and Rome?"));
        var messages = (ArrayNode) request.path("messages");
        messages.add(JSON.readTree("""
                {"role":"assistant","content":"","reasoning_content":"Two calls.","tool_calls":[
                  {"id":"1","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Oslo\\"}"}},
                  {"id":"2","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Rome\\"}"}}]}"""));
        messages.add(JSON.readTree("{\"role\":\"tool\",\"tool_call_id\":\"1\",\"content\":\"-3 C\"}"));
        messages.add(JSON.readTree("{\"role\":\"tool\",\"tool_call_id\":\"2\",\"content\":\"17 C\"}"));
        return request;
    }
}
