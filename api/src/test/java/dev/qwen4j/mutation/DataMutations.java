package dev.qwen4j.mutation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages to the weights. */
final class DataMutations {
    static final List<Mutation> ALL = List.of(DataMutations::flipped, DataMutations::random, DataMutations::filled);

    private DataMutations() {}

    private static String flipped(GgufDocument model, RandomGenerator random) {
        int flips = 1 + random.nextInt(64);
        var name = change(model, random, data -> {
            for (int i = 0; i < flips; i++) {
                data[random.nextInt(data.length)] ^= (byte) (1 << random.nextInt(8));
            }
        });
        return flips + " bits of " + name;
    }

    private static String random(GgufDocument model, RandomGenerator random) {
        return "random numbers for " + change(model, random, random::nextBytes);
    }

    private static String filled(GgufDocument model, RandomGenerator random) {
        float value = (float) SpecialNumbers.real(random);
        return value + " for all of "
                + change(model, random, data -> {
                    var out = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
                    while (out.remaining() >= Float.BYTES) {
                        out.putFloat(value);
                    }
                });
    }

    private interface Change {
        void apply(byte[] data);
    }

    private static String change(GgufDocument model, RandomGenerator random, Change change) {
        int at = random.nextInt(model.tensors.size());
        var tensor = model.tensors.get(at);
        var data = tensor.data().clone();
        if (data.length > 0) {
            change.apply(data);
        }
        model.tensors.set(at, tensor.withData(data));
        return tensor.name();
    }
}
