package dev.qwen4j.mutation;

import static dev.qwen4j.mutation.Mutation.times;

import dev.qwen4j.mutation.GgufDocument.Entry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages to the metadata: what is known about the model. */
final class EntryMutations {
    static final List<Mutation> ALL = Mutation.list(
            times(16, EntryMutations::value),
            times(6, EntryMutations::twoValues),
            times(1, EntryMutations::typeOnly),
            times(3, EntryMutations::converted),
            times(4, EntryMutations::removed),
            times(1, EntryMutations::repeated),
            times(2, EntryMutations::renamed),
            times(3, EntryMutations::exchanged),
            times(2, EntryMutations::arrayLength),
            times(4, EntryMutations::spread),
            times(3, EntryMutations::architecture));

    private static final List<String> ARCHITECTURES = List.of(
            "qwen3",
            "qwen2",
            "qwen2vl",
            "qwen3moe",
            "qwen3next",
            "qwen35",
            "qwen3vl",
            "llama",
            "llama4",
            "gemma3",
            "gemma3n",
            "gpt-oss",
            "deepseek2",
            "deepseek32",
            "mamba",
            "mamba2",
            "rwkv6",
            "rwkv7",
            "bert",
            "t5",
            "gpt2",
            "jamba",
            "phi3",
            "clip",
            "lfm2",
            "falcon-h1",
            "dream",
            "plamo2");

    private EntryMutations() {}

    private static String value(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var entry = model.entries.get(at);
        var fresh = entry.with(entry.type(), other(entry.type(), entry.value(), random));
        model.entries.set(at, fresh);
        return "value of " + entry.name() + " from " + show(entry) + " to " + show(fresh);
    }

    private static String twoValues(GgufDocument model, RandomGenerator random) {
        return value(model, random) + ", " + value(model, random);
    }

    private static byte[] other(int type, byte[] value, RandomGenerator random) {
        if (type == GgufTypes.STRING) {
            return text(new GgufReader(value).text(), random);
        }
        if (type == GgufTypes.ARRAY) {
            return element(value, random);
        }
        return SpecialNumbers.near(type, value, random);
    }

    private static byte[] text(String text, RandomGenerator random) {
        return switch (random.nextInt(7)) {
            case 0 -> new GgufBytes().text("").toByteArray();
            case 1 -> new GgufBytes().text(text + "x").toByteArray();
            case 2 -> new GgufBytes().text(text.substring(0, text.length() / 2)).toByteArray();
            case 3 ->
                new GgufBytes()
                        .text(new byte[] {(byte) 0xC3, 0x28, (byte) 0xFF, 0})
                        .toByteArray();
            case 4 -> new GgufBytes().text("a".repeat(70_000)).toByteArray();
            case 5 ->
                new GgufBytes().text(text.toUpperCase(java.util.Locale.ROOT)).toByteArray();
            default ->
                new GgufBytes()
                        .i64(SpecialNumbers.near(text.length(), random))
                        .raw(text.getBytes(StandardCharsets.UTF_8))
                        .toByteArray();
        };
    }

    /** An array with one of its numbers changed, or its texts shuffled. */
    private static byte[] element(byte[] value, RandomGenerator random) {
        int type = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt();
        int width = type < GgufTypes.COUNT ? GgufTypes.width(type) : 0;
        int count = width == 0 ? 0 : (value.length - 12) / width;
        var fresh = value.clone();
        if (count == 0) {
            return fresh;
        }
        int at = 12 + random.nextInt(count) * width;
        System.arraycopy(
                SpecialNumbers.near(type, Arrays.copyOfRange(value, at, at + width), random), 0, fresh, at, width);
        return fresh;
    }

    private static String typeOnly(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var entry = model.entries.get(at);
        int type = random.nextInt(6) == 0 ? (int) SpecialNumbers.whole(random) : random.nextInt(GgufTypes.COUNT);
        model.entries.set(at, entry.with(type, entry.value()));
        return "type number of " + entry.name() + " from " + entry.type() + " to " + type;
    }

    private static String converted(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var entry = model.entries.get(at);
        int type = random.nextInt(GgufTypes.COUNT);
        model.entries.set(at, entry.with(type, fitting(type, entry, random)));
        return entry.name() + " from type " + entry.type() + " to " + show(model.entries.get(at));
    }

    private static byte[] fitting(int type, Entry entry, RandomGenerator random) {
        if (type == GgufTypes.STRING) {
            return new GgufBytes().text("3").toByteArray();
        }
        if (type == GgufTypes.ARRAY) {
            boolean scalar = entry.type() != GgufTypes.STRING && entry.type() != GgufTypes.ARRAY;
            int count = random.nextInt(4);
            var out = new GgufBytes()
                    .i32(scalar ? entry.type() : GgufTypes.STRING)
                    .i64(count);
            for (int i = 0; i < count; i++) {
                out.raw(scalar ? entry.value() : new GgufBytes().text("x").toByteArray());
            }
            return out.toByteArray();
        }
        return Arrays.copyOf(entry.value(), GgufTypes.width(type));
    }

    private static String removed(GgufDocument model, RandomGenerator random) {
        return "without " + model.entries.remove(pick(model, random)).name();
    }

    private static String repeated(GgufDocument model, RandomGenerator random) {
        var entry = model.entries.get(pick(model, random));
        model.entries.add(random.nextInt(model.entries.size() + 1), entry);
        return entry.name() + " twice";
    }

    private static String renamed(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random);
        var entry = model.entries.get(at);
        var other = model.entries.get(random.nextInt(model.entries.size())).name();
        var name = switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "k".repeat(70_000);
            case 2, 3, 4 -> entry.name() + "_swa";
            default -> other;
        };
        model.entries.set(at, Entry.of(name, entry.type(), entry.value()));
        return entry.name() + " is called " + (name.length() > 100 ? "something long" : name);
    }

    private static String exchanged(GgufDocument model, RandomGenerator random) {
        int from = pick(model, random);
        int to = pick(model, random);
        var entry = model.entries.get(to);
        model.entries.set(
                to,
                entry.with(
                        model.entries.get(from).type(), model.entries.get(from).value()));
        return entry.name() + " has the value of " + model.entries.get(from).name();
    }

    private static String arrayLength(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random, GgufTypes.ARRAY);
        var entry = model.entries.get(at);
        var value = entry.value().clone();
        var bytes = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        int type = bytes.getInt(0);
        long length = bytes.getLong(4);
        if (random.nextBoolean() && GgufTypes.width(type) > 0) {
            long fresh = Math.floorMod(SpecialNumbers.near(length, random), 2000);
            value = Arrays.copyOf(value, 12 + (int) fresh * GgufTypes.width(type));
            ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).putLong(4, fresh);
        } else {
            bytes.putLong(4, SpecialNumbers.near(length, random));
        }
        model.entries.set(at, entry.with(entry.type(), value));
        return "length of " + entry.name() + " from " + length + " to "
                + ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getLong(4);
    }

    /** A number for all layers becomes one for each, or for each of another number of layers. */
    private static String spread(GgufDocument model, RandomGenerator random) {
        int at = pick(model, random, GgufTypes.UINT32);
        var entry = model.entries.get(at);
        int count = model.entry(model.architecture() + ".block_count")
                        .map(layers -> ByteBuffer.wrap(layers.value())
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getInt())
                        .orElse(2)
                + (random.nextInt(3) == 0 ? 1 : 0);
        var out = new GgufBytes().i32(GgufTypes.UINT32).i64(Math.clamp(count, 0, 600));
        for (int i = 0; i < Math.clamp(count, 0, 600); i++) {
            out.raw(random.nextInt(3) == 0 ? SpecialNumbers.near(entry.type(), entry.value(), random) : entry.value());
        }
        model.entries.set(at, entry.with(GgufTypes.ARRAY, out.toByteArray()));
        return entry.name() + " is an array of " + count;
    }

    private static String architecture(GgufDocument model, RandomGenerator random) {
        var before = model.architecture();
        var after = Mutation.any(ARCHITECTURES, random);
        model.put(Entry.of(
                "general.architecture",
                GgufTypes.STRING,
                new GgufBytes().text(after).toByteArray()));
        boolean keys = random.nextInt(4) != 0;
        if (keys) {
            model.entries.replaceAll(entry -> entry.name().startsWith(before + ".")
                    ? Entry.of(after + entry.name().substring(before.length()), entry.type(), entry.value())
                    : entry);
        }
        return "architecture " + after + (keys ? ", its keys too" : "");
    }

    private static int pick(GgufDocument model, RandomGenerator random) {
        return pick(model, random, -1);
    }

    /** An entry of that type, or of any; one that says something, and something about the model itself, mostly. */
    private static int pick(GgufDocument model, RandomGenerator random, int type) {
        for (int attempt = 0; ; attempt++) {
            int at = random.nextInt(model.entries.size());
            var entry = model.entries.get(at);
            boolean silent = true;
            for (byte b : entry.value()) {
                silent &= b == 0;
            }
            boolean vocabulary = entry.name().startsWith("tokenizer.");
            if ((type < 0 || entry.type() == type || attempt > 1000)
                    && (!silent || random.nextInt(4) == 0)
                    && (!vocabulary || random.nextInt(3) == 0)) {
                return at;
            }
        }
    }

    private static String show(Entry entry) {
        var in = ByteBuffer.wrap(entry.value()).order(ByteOrder.LITTLE_ENDIAN);
        return switch (entry.type()) {
            case GgufTypes.UINT32 -> Integer.toUnsignedString(in.getInt());
            case GgufTypes.INT32 -> Integer.toString(in.getInt());
            case GgufTypes.FLOAT32 -> Float.toString(in.getFloat());
            case GgufTypes.STRING -> "text of " + in.getLong();
            case GgufTypes.ARRAY -> "array of " + in.getLong(4) + " of type " + in.getInt(0);
            default -> "type " + entry.type();
        };
    }
}
