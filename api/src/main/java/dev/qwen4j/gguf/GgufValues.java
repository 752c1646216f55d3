package dev.qwen4j.gguf;

/** Reads metadata values; arrays are checked and passed over, never kept. */
final class GgufValues {
    /** llama.cpp refuses longer ones: {@code GGUF_MAX_ARRAY_ELEMENTS} in gguf.cpp. */
    private static final int MOST_ELEMENTS = 1 << 30;

    private GgufValues() {}

    /** The value of a key, at the input's position. */
    static GgufValue read(GgufInput input, String key) {
        var what = "the value of " + Show.text(key);
        var type = type(input, what);
        return type == GgufType.ARRAY ? array(input, key, what) : scalar(input, type, what);
    }

    /** A value of a type that is not {@link GgufType#ARRAY}. */
    static GgufValue scalar(GgufInput input, GgufType type, String what) {
        return switch (type) {
            case UINT8 -> new GgufValue.UInt(type, input.u8(what));
            case INT8 -> new GgufValue.Int(type, (byte) input.u8(what));
            case UINT16 -> new GgufValue.UInt(type, Short.toUnsignedInt(input.i16(what)));
            case INT16 -> new GgufValue.Int(type, input.i16(what));
            case UINT32 -> new GgufValue.UInt(type, input.u32(what));
            case INT32 -> new GgufValue.Int(type, input.i32(what));
            case UINT64 -> new GgufValue.UInt(type, input.i64(what));
            case INT64 -> new GgufValue.Int(type, input.i64(what));
            case FLOAT32 -> new GgufValue.Real(type, Float.intBitsToFloat(input.i32(what)));
            case FLOAT64 -> new GgufValue.Real(type, Double.longBitsToDouble(input.i64(what)));
            case BOOL -> new GgufValue.Bool(bool(input, what));
            case STRING -> new GgufValue.Text(input.text(input.stringLength(what), what));
            case ARRAY -> throw new IllegalArgumentException("an array is no scalar");
        };
    }

    private static GgufType type(GgufInput input, String what) {
        long at = input.position();
        long id = input.u32(what);
        return GgufType.of(id)
                .orElseThrow(() -> input.refusal(
                        what + " has the unknown type " + id + " at byte " + Show.number(at), GgufInput.DAMAGED));
    }

    private static boolean bool(GgufInput input, String what) {
        int value = input.u8(what);
        if (value > 1) {
            throw input.refusal(
                    "%s is a bool of %d at byte %s, and must be 0 or 1"
                            .formatted(what, value, Show.number(input.position() - 1)),
                    GgufInput.DAMAGED);
        }
        return value == 1;
    }

    private static GgufArray array(GgufInput input, String key, String what) {
        var type = type(input, what);
        if (type == GgufType.ARRAY) {
            throw input.refusal(what + " is an array of arrays, which llama.cpp does not support", GgufInput.DAMAGED);
        }
        long count = input.i64(what);
        if (count < 0 || count > MOST_ELEMENTS || count * type.minimumBytes() > input.remaining()) {
            throw input.refusal(
                    "%s claims %s elements of type %s, each of %d bytes or more, but only %s bytes are left"
                            .formatted(
                                    what,
                                    Show.number(count),
                                    type.label(),
                                    type.minimumBytes(),
                                    Show.number(input.remaining())),
                    GgufInput.DAMAGED);
        }
        var array = new GgufArray(input.file(), key, type, (int) count, input.position());
        pass(input, type, count, what);
        return array;
    }

    /** Moves behind an array, looking at what may be wrong in it. */
    private static void pass(GgufInput input, GgufType type, long count, String what) {
        switch (type) {
            case STRING -> {
                for (long i = 0; i < count; i++) {
                    input.skip(input.stringLength(what), what);
                }
            }
            case BOOL -> {
                for (long i = 0; i < count; i++) {
                    bool(input, what);
                }
            }
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, FLOAT32, FLOAT64 ->
                input.skip(count * type.minimumBytes(), what);
            case ARRAY -> throw new IllegalArgumentException("an array of arrays");
        }
    }
}
