package dev.qwen4j.mutation;

import dev.qwen4j.mutation.GgufDocument.Entry;
import dev.qwen4j.mutation.GgufDocument.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes the bytes of a good GGUF file apart. */
final class GgufReader {
    private final ByteBuffer in;

    GgufReader(byte[] bytes) {
        in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    GgufDocument read() {
        in.position(8);
        int tensorCount = (int) in.getLong();
        int entryCount = (int) in.getLong();
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < entryCount; i++) {
            var key = string();
            int type = in.getInt();
            entries.add(new Entry(key, type, value(type)));
        }
        return new GgufDocument(entries, tensors(tensorCount));
    }

    private List<Tensor> tensors(int count) {
        var tensors = new ArrayList<Tensor>();
        var offsets = new ArrayList<Long>();
        for (int i = 0; i < count; i++) {
            var name = string();
            var shape = new long[in.getInt()];
            Arrays.setAll(shape, _ -> in.getLong());
            tensors.add(new Tensor(name, shape, in.getInt(), new byte[0], 0));
            offsets.add(in.getLong());
        }
        int data = Math.ceilDiv(in.position(), GgufDocument.ALIGNMENT) * GgufDocument.ALIGNMENT;
        for (int i = 0; i < count; i++) {
            long from = data + offsets.get(i);
            long size =
                    TensorTypes.byteSize(tensors.get(i).type(), tensors.get(i).shape());
            tensors.set(i, tensors.get(i).withData(Arrays.copyOfRange(in.array(), (int) from, (int) (from + size))));
        }
        return tensors;
    }

    /** A text's bytes. */
    byte[] string() {
        var bytes = new byte[(int) in.getLong()];
        in.get(bytes);
        return bytes;
    }

    String text() {
        return new String(string(), StandardCharsets.UTF_8);
    }

    /** The texts of an array of them. */
    List<byte[]> texts() {
        in.getInt();
        int count = (int) in.getLong();
        var texts = new ArrayList<byte[]>(count);
        for (int i = 0; i < count; i++) {
            texts.add(string());
        }
        return texts;
    }

    /** The numbers of an array of 32 bits each. */
    int[] numbers() {
        in.getInt();
        var numbers = new int[(int) in.getLong()];
        Arrays.setAll(numbers, _ -> in.getInt());
        return numbers;
    }

    private byte[] value(int type) {
        int from = in.position();
        skip(type);
        return Arrays.copyOfRange(in.array(), from, in.position());
    }

    private void skip(int type) {
        if (type == GgufTypes.STRING) {
            string();
        } else if (type == GgufTypes.ARRAY) {
            int elements = in.getInt();
            for (long left = in.getLong(); left > 0; left--) {
                skip(elements);
            }
        } else {
            in.position(in.position() + GgufTypes.width(type));
        }
    }
}
