package dev.qwen4j.mutation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/** Numbers that programs stumble over. */
final class SpecialNumbers {
    private static final long[] WHOLE = {
        0,
        1,
        2,
        3,
        5,
        7,
        8,
        16,
        31,
        33,
        63,
        64,
        65,
        127,
        128,
        255,
        256,
        511,
        512,
        513,
        1023,
        1024,
        4095,
        65_535,
        65_536,
        1 << 20,
        1 << 24,
        1 << 30,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xFFFF_FFFFL,
        1L << 32,
        (1L << 32) + 1,
        1L << 48,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -2,
        -8,
        -256
    };
    private static final double[] REAL = {
        0,
        -0.0,
        1,
        -1,
        0.5,
        2,
        1e-45,
        1e-30,
        1e-6,
        0.99,
        1e6,
        1e30,
        -1e30,
        Float.MAX_VALUE,
        Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
    };

    private SpecialNumbers() {}

    static long whole(RandomGenerator random) {
        return WHOLE[random.nextInt(WHOLE.length)];
    }

    static double real(RandomGenerator random) {
        return REAL[random.nextInt(REAL.length)];
    }

    /** A number near another one, or a special one. */
    static long near(long number, RandomGenerator random) {
        return switch (random.nextInt(8)) {
            case 0 -> number + 1;
            case 1 -> number - 1;
            case 2 -> number * 2;
            case 3 -> number / 2;
            case 4 -> -number;
            case 5 -> random.nextInt(300);
            default -> whole(random);
        };
    }

    /** The bytes of a number near what a value of that type is. */
    static byte[] near(int type, byte[] value, RandomGenerator random) {
        var in = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        var out = ByteBuffer.allocate(value.length).order(ByteOrder.LITTLE_ENDIAN);
        boolean real = GgufTypes.isReal(type);
        if (real && value.length == Float.BYTES) {
            out.putFloat((float) (random.nextInt(4) == 0 ? in.getFloat(0) * 2 : real(random)));
        } else if (real) {
            out.putDouble(real(random));
        } else {
            switch (value.length) {
                case 1 -> out.put((byte) near(in.get(0), random));
                case 2 -> out.putShort((short) near(in.getShort(0), random));
                case 4 -> out.putInt((int) near(in.getInt(0), random));
                default -> out.putLong(near(in.getLong(0), random));
            }
        }
        return out.array();
    }
}
