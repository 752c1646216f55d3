package dev.qwen4j;

import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.NativeChatTemplate;
import dev.qwen4j.internal.NativeModel;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's way of writing a conversation as one text, and of reading its replies: thoughts, answers and tool calls.
 *
 * <p>The template is the model's own, in Jinja; it is run, and replies are parsed, by llama.cpp's {@code common/chat}, which knows the formats of all
 * families. Requests and replies are JSON as in OpenAI's chat API.
 *
 * <p>Templates are programs, and come with model files: nothing here ends a loop or a macro's recursion that has no end, so take files from people
 * you trust.
 *
 * <p>Made by {@link Model#chatTemplate()} and owned by the model. Safe for use by any thread; rendering takes some ten milliseconds.
 */
public final class ChatTemplate implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();

    /** Where the stack that nested expressions may need would have two gigabytes; known templates have 30,000 at most. */
    private static final int LONGEST_TEMPLATE = 512 << 10;

    private final Model model;
    private final NativeChatTemplate nativeTemplate;
    private final boolean modelsOwn;
    private final Lifetime lifetime;
    private final ControlText controlText;

    private ChatTemplate(Model model, Lifetime parent, boolean modelsOwn, NativeChatTemplate nativeTemplate) {
        this.model = model;
        this.modelsOwn = modelsOwn;
        this.nativeTemplate = nativeTemplate;
        this.controlText = model.controlText();
        this.lifetime = new Lifetime("chat template", Lifetime.Sharing.ANY_THREADS, nativeTemplate::free);
        lifetime.takeOver(this, List.of(parent));
    }

    static ChatTemplate parse(Model model, Lifetime parent, NativeModel nativeModel, Optional<String> source) {
        source.or(nativeModel::chatTemplate).ifPresent(ChatTemplate::checkLength);
        NativeChatTemplate nativeTemplate;
        try {
            nativeTemplate = new NativeChatTemplate(nativeModel, source);
        } catch (LlamaException e) {
            throw new ChatTemplateException(
                    (source.isPresent() ? "The chat template" : "The chat template of " + model.file())
                            + " does not parse. " + e.getMessage(),
                    e);
        }
        try {
            return new ChatTemplate(model, parent, source.isEmpty(), nativeTemplate);
        } catch (Throwable e) {
            nativeTemplate.free();
            throw e;
        }
    }

    /**
     * Renders a conversation as a prompt.
     *
     * @throws ChatTemplateException if the template raises an error
     */
    public ChatPrompt render(ChatRequest request) {
        return render(request.json());
    }

    /**
     * Renders a conversation given as JSON.
     *
     * <p>What messages and tools hold never becomes a control token: see {@link ChatPrompt#tokens}.
     *
     * <p>Members: {@code messages} (required); {@code tools}, {@code tool_choice}, {@code parallel_tool_calls} and {@code json_schema} as in OpenAI's
     * API; {@code add_generation_prompt} (true), {@code enable_thinking}, {@code chat_template_kwargs} (an object of the template's own variables),
     * {@code now} (seconds since 1970, for templates that tell the date).
     *
     * @throws ChatTemplateException if it is not such JSON, or the template raises an error
     */
    public ChatPrompt render(String requestJson) {
        var request = checked(requestJson);
        var masked = request.deepCopy();
        try {
            for (var member : List.of("messages", "tools", "chat_template_kwargs")) {
                if (request.has(member)) {
                    masked.set(member, controlText.masked(request.path(member)));
                }
            }
        } catch (JacksonException e) {
            throw new ChatTemplateException("The arguments of a tool call are not taken: " + e.getOriginalMessage(), e);
        }
        var reply = inside(() -> nativeTemplate.apply(JSON.writeValueAsString(masked)));
        return new ChatPrompt(JSON.readTree(reply), controlText, model.tokenizer());
    }

    @Override
    public String toString() {
        return "ChatTemplate[" + model.file() + "]";
    }

    /** Frees it, unless it is the model's own, which all share and the model closes; idempotent, from any thread. */
    @Override
    public void close() {
        if (!modelsOwn) {
            lifetime.close();
        }
    }

    /** Jackson's limits (nesting of 500 above all) come before C++ code that would overflow its stack. */
    private static ObjectNode checked(String requestJson) {
        JsonNode tree;
        try {
            tree = JSON.readTree(requestJson);
        } catch (JacksonException e) {
            throw new ChatTemplateException("The request is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!(tree instanceof ObjectNode request) || !tree.path("messages").isArray()) {
            throw new ChatTemplateException("The request has no array \"messages\".");
        }
        return request;
    }

    private static void checkLength(String jinja) {
        if (jinja.length() > LONGEST_TEMPLATE) {
            throw new ChatTemplateException("The chat template has %,d characters; at most %,d are taken."
                    .formatted(jinja.length(), LONGEST_TEMPLATE));
        }
    }

    private <T> T inside(Supplier<T> call) {
        try {
            return lifetime.call(call);
        } catch (LlamaException e) {
            throw new ChatTemplateException(e.getMessage(), e);
        }
    }
}
