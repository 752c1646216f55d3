package dev.qwen4j;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns tokens that come one by one into text that can be shown at once: a character whose bytes are spread over tokens comes when it is whole, and
 * never in parts.
 *
 * <p>It gives what each token stands for, {@link Tokenizer#bytes}. {@link Tokenizer#decode(int...)} also tidies up spaces, as some vocabularies want it: those
 * that begin each text with one give it here.
 *
 * <p>For one thread at a time. Needs no closing.
 */
public final class StreamingDecoder {
    /** The longest UTF-8 sequence has four bytes, so three may wait. */
    private static final int MOST_WAITING = 3;

    private final Tokenizer tokenizer;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] waiting = new byte[0];

    StreamingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** The text that is whole with this token: empty for a control token or a part of a character. Bytes that are no UTF-8 become U+FFFD. */
    public String add(int token) {
        var piece = tokenizer.piece(token);
        var bytes = ByteBuffer.allocate(waiting.length + piece.length)
                .put(waiting)
                .put(piece)
                .flip();
        return decode(bytes, false);
    }

    /** The rest: U+FFFD if a character was cut short, else empty. The decoder can be used again for another text. */
    public String finish() {
        var rest = decode(ByteBuffer.wrap(waiting), true);
        waiting = new byte[0];
        return rest;
    }

    private String decode(ByteBuffer bytes, boolean last) {
        var text = CharBuffer.allocate(bytes.remaining() + MOST_WAITING);
        decoder.reset();
        decoder.decode(bytes, text, last);
        if (last) {
            decoder.flush(text);
        }
        waiting = new byte[bytes.remaining()];
        bytes.get(waiting);
        return text.flip().toString();
    }
}
