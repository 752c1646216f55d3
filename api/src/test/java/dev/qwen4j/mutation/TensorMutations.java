package dev.qwen4j.mutation;

import static dev.qwen4j.mutation.Mutation.times;

import dev.qwen4j.mutation.GgufDocument.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages to the table of tensors; where the numbers can follow, they do, so that not only the size is wrong. */
final class TensorMutations {
    static final List<Mutation> ALL = Mutation.list(
            times(8, TensorMutations::resized),
            times(1, TensorMutations::shape),
            times(3, TensorMutations::turned),
            times(1, TensorMutations::type),
            times(6, TensorMutations::retyped),
            times(1, TensorMutations::offset),
            times(6, TensorMutations::removed),
            times(1, TensorMutations::repeated),
            times(3, TensorMutations::renamed),
            times(4, TensorMutations::exchanged));

    private static final int MOST_BYTES = 16 << 20;

    private TensorMutations() {}

    private static String resized(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var tensor = model.tensors.get(at);
        var shape = tensor.shape().clone();
        if (shape.length == 0 || random.nextInt(8) == 0) {
            shape = Arrays.copyOf(shape, shape.length + 1);
            shape[shape.length - 1] = random.nextLong(1, 4);
        } else {
            int dimension = random.nextInt(shape.length);
            shape[dimension] = switch (random.nextInt(6)) {
                case 0 -> shape[dimension] + 1;
                case 1 -> shape[dimension] * 2;
                case 2 -> Math.ceilDiv(shape[dimension], 2);
                case 3 -> 1;
                case 4 -> random.nextLong(1, 600);
                default -> SpecialNumbers.whole(random);
            };
        }
        set(model, at, tensor.withShape(shape));
        return tensor.name() + " from " + Arrays.toString(tensor.shape()) + " to " + Arrays.toString(shape);
    }

    private static String shape(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var tensor = model.tensors.get(at);
        var shape = new long[random.nextInt(6)];
        Arrays.setAll(
                shape,
                i -> i < tensor.shape().length && random.nextBoolean()
                        ? tensor.shape()[i]
                        : SpecialNumbers.whole(random));
        model.tensors.set(at, tensor.withShape(shape));
        return "shape of " + tensor.name() + " from " + Arrays.toString(tensor.shape()) + " to "
                + Arrays.toString(shape);
    }

    private static String turned(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var tensor = model.tensors.get(at);
        var shape = tensor.shape().clone();
        for (int i = 0; i < shape.length / 2; i++) {
            long kept = shape[i];
            shape[i] = shape[shape.length - 1 - i];
            shape[shape.length - 1 - i] = kept;
        }
        set(model, at, tensor.withShape(shape));
        return tensor.name() + " is turned";
    }

    private static String type(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var tensor = model.tensors.get(at);
        int type = random.nextInt(4) == 0 ? (int) SpecialNumbers.whole(random) : TensorTypes.any(random);
        model.tensors.set(at, tensor.withType(type));
        return "type number of " + tensor.name() + " from " + tensor.type() + " to " + type;
    }

    private static String retyped(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var tensor = model.tensors.get(at);
        int type = TensorTypes.any(random);
        for (int i = 0; i < 50 && TensorTypes.byteSize(type, tensor.shape()) < 0; i++) {
            type = TensorTypes.any(random);
        }
        set(model, at, tensor.withType(type));
        return tensor.name() + " from type " + tensor.type() + " to " + type;
    }

    private static String offset(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var tensor = model.tensors.get(at);
        model.tensors.set(at, tensor.withShift(SpecialNumbers.whole(random)));
        return "offset of " + tensor.name() + " moved by "
                + model.tensors.get(at).shift();
    }

    private static String removed(GgufDocument model, RandomGenerator random) {
        return "without " + model.tensors.remove(pick(model, random)).name();
    }

    private static String repeated(GgufDocument model, RandomGenerator random) {
        var tensor = model.tensors.get(pick(model, random));
        model.tensors.add(random.nextInt(model.tensors.size() + 1), tensor);
        return tensor.name() + " twice";
    }

    private static String renamed(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var tensor = model.tensors.get(at);
        var other = model.tensors.get(random.nextInt(model.tensors.size())).name();
        var name = switch (random.nextInt(5)) {
            case 0 -> tensor.name() + "x";
            case 1 -> "t".repeat(63 + random.nextInt(3));
            case 2 -> tensor.name().replaceFirst("\\d", String.valueOf(SpecialNumbers.whole(random)));
            case 3 -> tensor.name().replaceFirst("weight", "bias");
            default -> other.replaceFirst("blk.0", "blk.1");
        };
        model.tensors.set(at, tensor.withName(name));
        return tensor.name() + " is called " + name;
    }

    private static String exchanged(GgufDocument model, RandomGenerator random) {
        int from = pick(model, random);
        int to = pick(model, random);
        var one = model.tensors.get(from);
        var other = model.tensors.get(to);
        model.tensors.set(from, other.withName(one.name()));
        model.tensors.set(to, one.withName(other.name()));
        return one.name() + " and " + other.name() + " are exchanged";
    }

    /** With as many numbers as its shape and type ask for, if that can be. */
    private static void set(GgufDocument model, int at, Tensor tensor) {
        long size = TensorTypes.byteSize(tensor.type(), tensor.shape());
        boolean possible =
                size >= 0 && size <= MOST_BYTES && Arrays.stream(tensor.shape()).allMatch(n -> n > 0 && n < MOST_BYTES);
        model.tensors.set(at, possible ? tensor.withData(Arrays.copyOf(tensor.data(), (int) size)) : tensor);
    }

    private static int pick(GgufDocument model, RandomGenerator random) {
        return random.nextInt(model.tensors.size());
    }
}
