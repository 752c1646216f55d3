package dev.qwen4j.gguf;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads a file from its magic to the end of the table of tensors, in the order of the file. */
final class GgufParser {
    /** Magic, version, and two counts. */
    private static final int HEADER_BYTES = 4 + 4 + 8 + 8;

    private static final int OLDEST_VERSION = 2;
    private static final int NEWEST_VERSION = 3;

    /** What an entry takes at least: the length of its key, one letter, its type, one byte. */
    private static final int ENTRY_BYTES = 8 + 1 + 4 + 1;

    /** The specification's limit. */
    private static final int LONGEST_KEY = 0xFFFF;

    /**
     * Most tensors and most metadata entries, so that memory has a limit even in a huge file of nothing but entries.
     * The largest models have some 50,000 tensors and 100 entries, and gguf.cpp compares each name with every other.
     */
    private static final int MOST_TENSORS = 1 << 17;

    private static final int MOST_ENTRIES = 1 << 14;

    /** {@code GGUF_DEFAULT_ALIGNMENT}. */
    private static final int DEFAULT_ALIGNMENT = 32;

    private final GgufInput input;

    private GgufParser(GgufInput input) {
        this.input = input;
    }

    static Gguf parse(GgufFile file) {
        try (var input = file.open()) {
            return new GgufParser(input).parse();
        }
    }

    private Gguf parse() {
        GgufMagic.check(input);
        if (input.file().size() < HEADER_BYTES) {
            throw input.refusal(
                    "it has %d bytes, and the header alone has %d"
                            .formatted(input.file().size(), HEADER_BYTES),
                    "The download is probably incomplete; download it again.");
        }
        int version = version();
        int tensorCount = count("tensors", GgufTensors.ENTRY_BYTES, MOST_TENSORS);
        int entryCount = count("metadata entries", ENTRY_BYTES, MOST_ENTRIES);
        var metadata = metadata(entryCount);
        var split = GgufSplit.of(metadata, input.file());
        if (split.isEmpty() || split.get().number() == 0) {
            requireArchitecture(metadata);
        }
        int alignment = alignment(metadata);
        var table = new GgufTensors(input, alignment);
        var tensors = table.read(tensorCount);
        return new Gguf(input.file(), version, alignment, table.checkData(tensors), metadata, tensors);
    }

    private int version() {
        int version = input.i32("its version");
        if (version != 0 && (version & 0xFFFF) == 0) {
            throw input.refusal(
                    "it is in big-endian byte order (version %s read little-endian)"
                            .formatted(Show.number(Integer.toUnsignedLong(version))),
                    "Download the little-endian file, or convert it with llama.cpp's gguf_convert_endian.py.");
        }
        if (version < 0 || version > NEWEST_VERSION) {
            throw input.refusal(
                    "it is of GGUF version %s, and Qwen4j reads %d and %d"
                            .formatted(Show.number(Integer.toUnsignedLong(version)), OLDEST_VERSION, NEWEST_VERSION),
                    "If it is not damaged, it is newer than this Qwen4j: update, or download an older file.");
        }
        if (version < OLDEST_VERSION) {
            throw input.refusal(
                    "it is of GGUF version %d, and Qwen4j reads %d and %d"
                            .formatted(version, OLDEST_VERSION, NEWEST_VERSION),
                    "Download a newer file of the model, or convert it again with llama.cpp.");
        }
        return version;
    }

    private int count(String of, int bytesEach, int most) {
        long count = input.i64("the number of " + of);
        if (count < 0 || count > input.remaining() / bytesEach) {
            throw input.refusal(
                    "it claims %s %s, each of %d bytes or more, but only %s bytes are left"
                            .formatted(Show.number(count), of, bytesEach, Show.number(input.remaining())),
                    GgufInput.DAMAGED);
        }
        if (count > most) {
            throw input.refusal(
                    "it claims %s %s, and Qwen4j reads at most %s".formatted(Show.number(count), of, Show.number(most)),
                    GgufInput.DAMAGED);
        }
        return (int) count;
    }

    private Map<String, GgufValue> metadata(int count) {
        var metadata = new LinkedHashMap<String, GgufValue>();
        for (int i = 0; i < count; i++) {
            var what = "the key of metadata entry " + i;
            long length = input.stringLength(what);
            if (length < 1 || length > LONGEST_KEY) {
                throw input.refusal(
                        "%s has %s bytes, and must have 1 to %s"
                                .formatted(what, Show.number(length), Show.number(LONGEST_KEY)),
                        GgufInput.DAMAGED);
            }
            var key = input.name(length, what);
            if (metadata.put(key, GgufValues.read(input, key)) != null) {
                throw input.refusal("it has the key " + Show.text(key) + " twice", GgufInput.DAMAGED);
            }
        }
        return Collections.unmodifiableMap(metadata);
    }

    private void requireArchitecture(Map<String, GgufValue> metadata) {
        var value = metadata.get("general.architecture");
        if (value == null) {
            throw input.refusal(
                    "it has no 'general.architecture', so it is no model", "Name a model file, such as a Qwen3 GGUF.");
        }
        if (value.type() != GgufType.STRING) {
            throw input.refusal(
                    "its 'general.architecture' is of type %s, and must be text"
                            .formatted(value.type().label()),
                    GgufInput.DAMAGED);
        }
    }

    private int alignment(Map<String, GgufValue> metadata) {
        var value = metadata.get("general.alignment");
        if (value == null) {
            return DEFAULT_ALIGNMENT;
        }
        // 2^31 is left out, too: it is no int here, and no alignment anywhere.
        if (value instanceof GgufValue.UInt(GgufType type, long alignment)
                && type == GgufType.UINT32
                && Long.bitCount(alignment) == 1
                && alignment <= Integer.MAX_VALUE) {
            return (int) alignment;
        }
        throw input.refusal(
                "its 'general.alignment' is %s of type %s, and must be a power of two of type u32"
                        .formatted(Show.text(value.toString()), value.type().label()),
                GgufInput.DAMAGED);
    }
}
