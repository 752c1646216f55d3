package dev.qwen4j.internal;

import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import java.lang.foreign.Arena;

/** llama.cpp's way from a JSON schema to a grammar. Stateless, for any number of threads. */
public final class NativeSchema {
    /** More than twice what was measured for a level of nesting, and for a bracket in a pattern. */
    private static final long STACK_PER_CHARACTER = 2048;

    private NativeSchema() {}

    /**
     * The grammar's text; loads the native libraries.
     *
     * @param schema JSON, whose nesting the caller has checked
     * @throws dev.qwen4j.LlamaException if llama.cpp cannot express the schema
     */
    public static String grammar(String schema) {
        NativeModel.loadLibraries();
        NativeLog.start();
        return DeepStack.call(schema.length() * STACK_PER_CHARACTER, () -> convert(schema));
    }

    private static String convert(String schema) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var text = LlamaCpp.qwen4j_schema_grammar(guard.error(), call.allocateFrom(schema));
            guard.check("make a grammar of the JSON schema");
            try {
                return Pointers.utf8(text);
            } finally {
                LlamaCpp.qwen4j_text_free(text);
            }
        }
    }
}
