package dev.qwen4j.mutation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A damaged model, the same one for the same seed: one damage mostly, up to three sometimes; one in eight in the weights, all others before them.
 *
 * @param how what is wrong with it
 * @param parts its bytes
 * @param length how many of them are left
 */
record Mutant(String how, List<ByteBuffer> parts, long length) {
    private static final List<List<Mutation>> BEFORE_THE_WEIGHTS =
            List.of(EntryMutations.ALL, EntryMutations.ALL, TensorMutations.ALL, VocabularyMutations.ALL);

    /** What a seed makes of a model. */
    static Mutant of(Originals originals, long seed) {
        var random = new Random(seed * 0x9E3779B97F4A7C15L);
        var model = originals.model(seed).copy();
        var how = new ArrayList<String>();
        int kind = random.nextInt(8);
        if (kind == 0) {
            how.add(Mutation.any(DataMutations.ALL, random).apply(model, random));
        } else if (kind > 1) {
            int damages = random.nextInt(3) == 0 ? 2 + random.nextInt(2) : 1;
            for (int i = 0; i < damages && !model.tensors.isEmpty(); i++) {
                how.add(Mutation.any(Mutation.any(BEFORE_THE_WEIGHTS, random), random)
                        .apply(model, random));
            }
        }
        var head = model.head();
        var parts = parts(model, head);
        long length = parts.stream().mapToLong(ByteBuffer::remaining).sum();
        if (kind == 1 && random.nextInt(6) == 0) {
            long whole = length;
            length = cut(whole, head, random);
            how.add("cut after " + length + " of " + whole);
        } else if (kind == 1) {
            how.add(ByteMutations.apply(head, random));
        }
        return new Mutant(originals.name(seed) + ": " + String.join("; ", how), parts, length);
    }

    /** A model as it is. */
    static Mutant of(GgufDocument model) {
        var parts = parts(model, model.head());
        return new Mutant(
                "as it is",
                parts,
                parts.stream().mapToLong(ByteBuffer::remaining).sum());
    }

    private static List<ByteBuffer> parts(GgufDocument model, GgufDocument.Head head) {
        var parts = new ArrayList<ByteBuffer>();
        parts.add(ByteBuffer.wrap(head.bytes()));
        for (var tensor : model.tensors) {
            parts.add(ByteBuffer.wrap(tensor.data()));
            parts.add(ByteBuffer.allocate(Math.floorMod(-tensor.data().length, GgufDocument.ALIGNMENT)));
        }
        return parts;
    }

    private static long cut(long whole, GgufDocument.Head head, Random random) {
        long[] places = {
            0, GgufDocument.Head.COUNTS_END, head.metadata(), head.bytes().length, whole, random.nextLong(whole)
        };
        return Math.clamp(places[random.nextInt(places.length)] + random.nextInt(-8, 9), 0, whole);
    }

    /** Writes it to a new file. */
    void write(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (var part : parts) {
                while (part.hasRemaining()) {
                    channel.write(part);
                }
            }
            channel.truncate(length);
        }
    }
}
