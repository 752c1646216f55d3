package dev.qwen4j.model;

import dev.qwen4j.gguf.GgmlType;
import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufTensor;
import dev.qwen4j.nano.Nano;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The nano model written anew: some of its tensors, with more metadata or none, or in another type. */
final class NanoFile {
    private static final int U16 = 2;
    private static final int I32 = 5;
    private static final int TEXT = 8;
    private static final int ARRAY = 9;
    private static final int HEADER = 24;
    private static final int ALIGNMENT = 32;

    private final byte[] original = Files.readAllBytes(Nano.file());
    private final Gguf gguf = Gguf.read(Nano.file());
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    private List<GgufTensor> tensors = gguf.tensors();
    private int entryCount;
    private boolean zeroedToQ40;

    private NanoFile(boolean metadata) throws IOException {
        if (metadata) {
            entryCount = gguf.metadata().size();
            entries.write(original, HEADER, tensorTable() - HEADER);
        }
    }

    /** All of it. */
    static NanoFile whole() throws IOException {
        return new NanoFile(true);
    }

    /** One of the parts that llama-gguf-split would make: the first has the metadata. */
    static NanoFile part(int number, int count) throws IOException {
        return part(number, count, count);
    }

    /** One that claims to be of another number of parts. */
    static NanoFile part(int number, int count, int claimed) throws IOException {
        var part = new NanoFile(number == 0);
        var all = part.tensors;
        int size = Math.ceilDiv(all.size(), count);
        part.tensors = all.subList(number * size, Math.min(all.size(), (number + 1) * size));
        part.entry("split.no", U16, little(2).putShort((short) number).array());
        part.entry("split.count", U16, little(2).putShort((short) claimed).array());
        return part.entry(
                "split.tensors.count", I32, little(4).putInt(all.size()).array());
    }

    /** Writes all parts under the names of llama-gguf-split, and returns them in their order. */
    static List<Path> split(Path folder, String prefix, int count) throws IOException {
        var files = new Path[count];
        for (int i = 0; i < count; i++) {
            files[i] = part(i, count).write(folder.resolve("%s-%05d-of-%05d.gguf".formatted(prefix, i + 1, count)));
        }
        return List.of(files);
    }

    NanoFile texts(String key, String... values) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(little(12).putInt(TEXT).putLong(values.length).array());
        for (var value : values) {
            bytes.writeBytes(text(value));
        }
        return entry(key, ARRAY, bytes.toByteArray());
    }

    NanoFile text(String key, String value) throws IOException {
        return entry(key, TEXT, text(value));
    }

    /** The matrices of the layers become Q4_0, full of zeros: a type that the CPU stores in an order of its own. */
    NanoFile zeroedToQ40() {
        zeroedToQ40 = true;
        return this;
    }

    private NanoFile entry(String key, int type, byte[] value) {
        entries.writeBytes(text(key));
        entries.writeBytes(little(4).putInt(type).array());
        entries.writeBytes(value);
        entryCount++;
        return this;
    }

    Path write(Path file) throws IOException {
        var table = new ByteArrayOutputStream();
        var data = new ByteArrayOutputStream();
        for (var tensor : tensors) {
            boolean changed = zeroedToQ40 && tensor.name().startsWith("blk.") && tensor.type() == GgmlType.Q8_0;
            var type = changed ? GgmlType.Q4_0 : tensor.type();
            table.writeBytes(text(tensor.name()));
            table.writeBytes(little(4).putInt(tensor.shape().size()).array());
            for (long size : tensor.shape()) {
                table.writeBytes(little(8).putLong(size).array());
            }
            table.writeBytes(little(12).putInt(type.id()).putLong(data.size()).array());
            data.writeBytes(changed ? new byte[(int) (tensor.elementCount() / 32 * 18)] : numbers(tensor));
            data.writeBytes(new byte[padding(data.size())]);
        }
        var all = new ByteArrayOutputStream();
        all.writeBytes(little(HEADER)
                .put("GGUF".getBytes(StandardCharsets.US_ASCII))
                .putInt(3)
                .putLong(tensors.size())
                .putLong(entryCount)
                .array());
        entries.writeTo(all);
        table.writeTo(all);
        all.writeBytes(new byte[padding(all.size())]);
        data.writeTo(all);
        return Files.write(file, all.toByteArray());
    }

    private byte[] numbers(GgufTensor tensor) {
        int from = (int) (gguf.dataOffset() + tensor.offset());
        return Arrays.copyOfRange(original, from, from + (int) tensor.byteSize());
    }

    private static int padding(int size) {
        return Math.ceilDiv(size, ALIGNMENT) * ALIGNMENT - size;
    }

    /** The table begins with the length of the first name. */
    private int tensorTable() {
        var first = text(gguf.tensors().getFirst().name());
        for (int at = HEADER; ; at++) {
            if (Arrays.equals(original, at, at + first.length, first, 0, first.length)) {
                return at;
            }
        }
    }

    private static byte[] text(String value) {
        var bytes = value.getBytes(StandardCharsets.UTF_8);
        return little(8 + bytes.length).putLong(bytes.length).put(bytes).array();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
