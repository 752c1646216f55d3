package dev.qwen4j.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;

/** Tells from its first bytes whether a file is GGUF, and if not, what people have put in its place by mistake. */
final class GgufMagic {
    private static final int LOOK_AT = 64;
    private static final byte[] MAGIC = ascii("GGUF");

    private static final String CONVERT =
            "Download the model as GGUF, or convert it with llama.cpp's convert_hf_to_gguf.py.";
    private static final String WEB_PAGE =
            "If it was downloaded, that was refused, or its address is a web page's: use the file's own, and log in if it asks.";
    private static final String UNPACK = "Unpack it and name the .gguf file inside.";

    private GgufMagic() {}

    /** Moves behind the four magic bytes, or refuses the file with a guess at what it is. */
    static void check(GgufInput input) {
        var start = input.peek(LOOK_AT);
        if (!startsWith(start, MAGIC)) {
            var found = guess(start);
            throw new GgufException(input.file().path() + " is not a GGUF file: " + found.what + ". " + found.advice);
        }
        input.skip(MAGIC.length, "its magic");
    }

    private record Guess(String what, String advice) {}

    private static Guess guess(byte[] start) {
        if (start.length == 0) {
            return new Guess("it is empty", GgufInput.DAMAGED);
        }
        if (startsWith(start, "PK\u0003\u0004")) {
            return new Guess("it is a zip archive, as PyTorch checkpoints are", CONVERT);
        }
        if (start.length > 1 && start[0] == (byte) 0x80 && start[1] >= 2 && start[1] <= 5) {
            return new Guess("it is a Python pickle, as old PyTorch checkpoints are", CONVERT);
        }
        if (start.length > 8 && start[8] == '{' && isSafetensorsLength(start)) {
            return new Guess("it is a safetensors file", CONVERT);
        }
        if (Stream.of("lmgg", "fmgg", "tjgg", "algg").anyMatch(magic -> startsWith(start, magic))) {
            return new Guess("it is a GGML file, the format before GGUF (2023)", CONVERT);
        }
        if (startsWith(start, "FUGG")) {
            return new Guess("it is a GGUF file in big-endian byte order", CONVERT);
        }
        if (start.length > 1 && start[0] == 0x1f && start[1] == (byte) 0x8b) {
            return new Guess("it is compressed with gzip", UNPACK);
        }
        if (startsWith(start, new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd})) {
            return new Guess("it is compressed with zstd", UNPACK);
        }
        if (startsWith(start, "version https://git-lfs")) {
            return new Guess(
                    "it is a Git LFS pointer, a text that stands for the real file",
                    "Run `git lfs pull` in that repository, or download the file from its web address.");
        }
        return isText(start) ? guessText(new String(start, StandardCharsets.UTF_8).strip()) : guessBytes(start);
    }

    private static Guess guessText(String text) {
        var lower = text.toLowerCase(Locale.ROOT);
        if (Stream.of("<!doctype", "<html", "<head", "<?xml").anyMatch(lower::startsWith)) {
            return new Guess("it is a web page (HTML)", WEB_PAGE);
        }
        if (lower.startsWith("{") || lower.startsWith("[")) {
            return new Guess("it is JSON: " + Show.text(text), "Name the .gguf file, not its configuration or index.");
        }
        return new Guess("it is the text " + Show.text(text), "Name a .gguf file. " + WEB_PAGE);
    }

    private static Guess guessBytes(byte[] start) {
        boolean zero = true;
        for (byte b : start) {
            zero &= b == 0;
        }
        if (zero) {
            return new Guess(
                    "it starts with zeros", "A download reserved the space and was never finished; start it again.");
        }
        var magic = Arrays.copyOf(start, Math.min(MAGIC.length, start.length));
        return new Guess(
                "it starts with the bytes %s (%s) instead of GGUF"
                        .formatted(
                                HexFormat.ofDelimiter(" ").formatHex(magic),
                                Show.text(new String(magic, StandardCharsets.ISO_8859_1))),
                "Check that the path is the model's.");
    }

    /** Whether the first eight bytes are a length that the JSON header of a safetensors file may have. */
    private static boolean isSafetensorsLength(byte[] start) {
        long length = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return length > 0 && length <= 100_000_000;
    }

    private static boolean isText(byte[] start) {
        for (byte b : start) {
            if (b >= 0 && b < ' ' && b != '\n' && b != '\r' && b != '\t') {
                return false;
            }
        }
        // Malformed UTF-8 decodes to U+FFFD; the last character may be cut in two by the end of the look.
        var text = new String(start, StandardCharsets.UTF_8);
        int malformed = text.indexOf('\uFFFD');
        return malformed < 0 || (malformed == text.length() - 1 && start.length == LOOK_AT);
    }

    private static boolean startsWith(byte[] start, String magic) {
        return startsWith(start, ascii(magic));
    }

    private static boolean startsWith(byte[] start, byte[] magic) {
        return start.length >= magic.length && Arrays.equals(start, 0, magic.length, magic, 0, magic.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
