package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.io.ByteArrayOutputStream;
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
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < escaped.length; i++) {
            if (escaped[i] != '\\') {
                bytes.write(escaped[i]);
                continue;
            }
            i++;
            if (i == escaped.length) {
                break;
            }
            switch (escaped[i]) {
                case 't' -> bytes.write('\t');
                case 'n' -> bytes.write('\n');
                case 'r' -> bytes.write('\r');
                case 'x' -> {
                    bytes.write(16 * digit(escaped, i + 1) + digit(escaped, i + 2));
                    i += 2;
                }
                default -> bytes.write(escaped[i]);
            }
        }
        return bytes.toByteArray();
    }

    private static int digit(byte[] escaped, int at) {
        int c = at < escaped.length ? escaped[at] : '0';
        return c >= 'a' ? c - 'a' + 10 : c - '0';
    }
}
