package dev.qwen4j.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Numbers for a model file whose tensors are of 32-bit floats. */
final class RandomWeights {
    private static final int REAL = 6;

    private RandomWeights() {}

    /** Writes a model to a folder, with the same numbers each time. */
    static Path write(GgufBuilder model, Path folder) {
        try {
            var file = model.write(folder);
            var bytes = Files.readAllBytes(file);
            var numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            var random = new Random(7);
            for (int at = (int) Gguf.read(file).dataOffset(); at < bytes.length; at += Float.BYTES) {
                numbers.putFloat(at, (float) random.nextGaussian() / 4);
            }
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A tensor of 32-bit floats. */
    static void tensor(GgufBuilder model, String name, long... shape) {
        long count = 1;
        for (long size : shape) {
            count *= size;
        }
        model.tensor(name, GgufBuilder.F32, count * Float.BYTES, shape);
    }

    /** A 32-bit float among the metadata. */
    static void real(GgufBuilder model, String key, float value) {
        model.entry(key, REAL, out -> out.i32(Float.floatToRawIntBits(value)));
    }
}
