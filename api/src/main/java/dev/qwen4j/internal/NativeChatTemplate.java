package dev.qwen4j.internal;

import dev.qwen4j.Qwen4jException;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A Jinja chat template as llama.cpp's {@code common/chat} parsed it. {@link #apply} is for any number of threads. */
public final class NativeChatTemplate {
    /** Measured on nested parentheses, the worst: less than 3,000 bytes of stack a byte of template. */
    private static final long STACK_PER_BYTE = 4096;

    /** Measured on nested JSON in a tool call: less than 4,000 bytes of stack a level. */
    private static final long STACK_PER_LEVEL = 8192;

    /** Where the stack would have two gigabytes. */
    private static final long MOST_LEVELS = 262_144;

    private final Arena arena = Arena.ofShared();
    private final long stack;
    private MemorySegment chat = MemorySegment.NULL;

    /** Parses the model's own template, or the one given. */
    public NativeChatTemplate(NativeModel model, Optional<String> source) {
        stack = source.or(model::chatTemplate).map(String::length).orElse(0) * STACK_PER_BYTE;
        // Used by the thread with the large stack.
        try (var call = Arena.ofShared()) {
            var guard = new Guard(call);
            var text = source.map(call::allocateFrom).orElse(MemorySegment.NULL);
            DeepStack.run(stack, () -> chat = LlamaCpp.qwen4j_chat_new(guard.error(), model.pointer(), text));
            guard.check("parse the chat template");
            chat = Pointers.scoped(chat, arena);
        } catch (Throwable e) {
            free();
            throw e;
        }
    }

    /** Renders a request; JSON in and out as qwen4j.h describes it. */
    public String apply(String request) {
        // The arguments of earlier tool calls are JSON again, inside of strings.
        return DeepStack.call(stack + levels(request), () -> render(request));
    }

    private String render(String request) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var text = LlamaCpp.qwen4j_chat_apply(guard.error(), chat, call.allocateFrom(request));
            return take(guard, text, "render the chat template");
        }
    }

    /** Parses what a model generated; JSON in and out as qwen4j.h describes it. */
    public static String parse(String request) {
        return DeepStack.call(levels(request), () -> parseHere(request));
    }

    private static String parseHere(String request) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var text = LlamaCpp.qwen4j_chat_parse(guard.error(), call.allocateFrom(request));
            return take(guard, text, "parse the reply");
        }
    }

    /**
     * The stack for text that may nest as often as it opens a bracket. Closing ones do not count: in a string they close nothing, and only a parser
     * knows what is a string.
     */
    private static long levels(String text) {
        long opened = text.chars()
                .filter(c -> c == '[' || c == '{' || c == '(' || c == '<')
                .count();
        if (opened > MOST_LEVELS) {
            throw new Qwen4jException(
                    "The text opens %,d brackets; native code recurses once for each, and at most %,d are taken. Cut it."
                            .formatted(opened, MOST_LEVELS));
        }
        return opened * STACK_PER_LEVEL;
    }

    private static String take(Guard guard, MemorySegment text, String doing) {
        guard.check(doing);
        try {
            return Pointers.utf8(text);
        } catch (IndexOutOfBoundsException e) {
            throw new Qwen4jException("The text is larger than 64 MiB. Cut the conversation.", e);
        } finally {
            LlamaCpp.qwen4j_text_free(text);
        }
    }

    /** Frees the template; nothing of it may be in use. */
    public void free() {
        try {
            // A tree is freed as deep as it was parsed.
            DeepStack.run(stack, () -> {
                try (var call = Arena.ofConfined()) {
                    LlamaCpp.qwen4j_chat_free(new Guard(call).error(), chat);
                }
            });
        } finally {
            arena.close();
        }
    }
}
