package dev.qwen4j.mutation;

import dev.qwen4j.mutation.GgufDocument.Head;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/** Damages to the bytes before the weights, whatever stands where they fall. */
final class ByteMutations {
    private ByteMutations() {}

    /** Damages the bytes in place, and says how. */
    static String apply(Head head, RandomGenerator random) {
        var bytes = head.bytes();
        return switch (random.nextInt(5)) {
            case 0 -> flip(bytes, 0, Head.COUNTS_END, random);
            case 1 -> flip(bytes, Head.COUNTS_END, head.metadata(), random);
            case 2 -> flip(bytes, head.metadata(), bytes.length, random);
            case 3 -> number(bytes, head.metadata(), random);
            default -> number(bytes, bytes.length, random);
        };
    }

    private static String flip(byte[] bytes, int from, int to, RandomGenerator random) {
        int flips = random.nextInt(1, 5);
        var how = new StringBuilder("bits flipped at");
        for (int i = 0; i < flips && from < to; i++) {
            int at = random.nextInt(from, to);
            bytes[at] ^= (byte) (1 << random.nextInt(8));
            how.append(' ').append(at);
        }
        return how.toString();
    }

    private static String number(byte[] bytes, int to, RandomGenerator random) {
        int at = random.nextInt(to - Long.BYTES);
        var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long value = SpecialNumbers.whole(random);
        if (random.nextBoolean()) {
            buffer.putInt(at, (int) value);
        } else {
            buffer.putLong(at, value);
        }
        return value + " written at " + at;
    }
}
