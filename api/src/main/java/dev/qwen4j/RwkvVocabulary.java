package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.OptionalInt;

/**
 * What RWKV's algorithm needs of a vocabulary. It takes the longest token that fits; where one begins with the next byte and none fits, llama.cpp begins the
 * text again, for ever: {@code llm_tokenizer_rwkv_session} in llama-vocab.cpp.
 */
final class RwkvVocabulary {
    private RwkvVocabulary() {}

    /** A byte that tokens begin with and that is no token itself. */
    static OptionalInt missingByte(Gguf gguf) {
        var first = new BitSet();
        var single = new BitSet();
        gguf.array("tokenizer.ggml.tokens")
                .ifPresent(tokens -> tokens.elements().forEach(token -> {
                    var bytes = unescaped(token.toString().getBytes(StandardCharsets.UTF_8));
                    if (bytes.length > 0) {
                        first.set(bytes[0] & 0xFF);
                    }
                    if (bytes.length == 1) {
                        single.set(bytes[0] & 0xFF);
                    }
                }));
        first.andNot(single);
        return first.isEmpty() ? OptionalInt.empty() : OptionalInt.of(first.nextSetBit(0));
    }

    /** As {@code llama_unescape_rwkv_token}. */
    private static byte[] unescaped(byte[] escaped) {
        var from = ByteBuffer.wrap(escaped);
        var bytes = new ByteArrayOutputStream();
        while (from.hasRemaining()) {
            byte next = from.get();
            if (next != '\\') {
                bytes.write(next);
            } else if (from.hasRemaining()) {
                byte code = from.get();
                bytes.write(
                        switch (code) {
                            case 't' -> '\t';
                            case 'n' -> '\n';
                            case 'r' -> '\r';
                            case 'x' -> 16 * digit(from) + digit(from);
                            default -> code;
                        });
            }
        }
        return bytes.toByteArray();
    }

    private static int digit(ByteBuffer from) {
        int c = from.hasRemaining() ? from.get() : '0';
        return c >= 'a' ? c - 'a' + 10 : c - '0';
    }
}
