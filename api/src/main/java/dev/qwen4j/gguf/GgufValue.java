package dev.qwen4j.gguf;

/**
 * One metadata value of a GGUF file; a {@code switch} over its kinds needs no {@code default}.
 *
 * <p>Immutable and thread-safe. Only {@link GgufArray} touches the file again, when its elements are asked for.
 */
public sealed interface GgufValue
        permits GgufValue.UInt, GgufValue.Int, GgufValue.Real, GgufValue.Bool, GgufValue.Text, GgufArray {
    /** The type that the file gives for this value. */
    GgufType type();

    /**
     * A whole number of type u8, u16, u32 or u64.
     *
     * @param value the number; those of 2<sup>63</sup> and more are negative here, print them with
     *     {@link Long#toUnsignedString(long)}
     */
    record UInt(GgufType type, long value) implements GgufValue {
        @Override
        public String toString() {
            return Long.toUnsignedString(value);
        }
    }

    /** A whole number of type i8, i16, i32 or i64. */
    record Int(GgufType type, long value) implements GgufValue {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /** A number of type f32 or f64; NaN and infinities are possible. */
    record Real(GgufType type, double value) implements GgufValue {
        @Override
        public String toString() {
            // The shortest text of a float: 1e-6 instead of 9.999999974752427E-7.
            return type == GgufType.FLOAT32 ? Float.toString((float) value) : Double.toString(value);
        }
    }

    /** True or false. */
    record Bool(boolean value) implements GgufValue {
        @Override
        public GgufType type() {
            return GgufType.BOOL;
        }

        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    /** Text; bytes that are no UTF-8 are replaced by U+FFFD, as llama.cpp puts no demands on the bytes of a value. */
    record Text(String value) implements GgufValue {
        @Override
        public GgufType type() {
            return GgufType.STRING;
        }

        @Override
        public String toString() {
            return value;
        }
    }
}
