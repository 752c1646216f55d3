package dev.qwen4j;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a {@link StateHeader}: its parts in their order, as {@link DataOutputStream} writes them, lists with their length before them. */
final class StateHeaderFormat {
    private interface Writer<T> {
        void write(DataOutputStream out, T value) throws IOException;
    }

    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    private StateHeaderFormat() {}

    static byte[] encode(StateHeader header) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeUTF(header.kind().name());
            out.writeUTF(header.llamaCpp());
            out.writeUTF(header.architecture());
            out.writeUTF(header.model());
            writeAll(out, header.adapters(), DataOutputStream::writeUTF);
            write(out, header.parameters());
            writeAll(out, header.sequences(), StateHeaderFormat::write);
            writeAll(out, header.shared(), StateHeaderFormat::write);
            out.writeLong(header.fullBytes());
            writeAll(out, header.tokens(), DataOutputStream::writeInt);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a header.
     *
     * @throws IllegalArgumentException if the bytes are none
     */
    static StateHeader decode(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            var header = new StateHeader(
                    StateKind.valueOf(in.readUTF()),
                    in.readUTF(),
                    in.readUTF(),
                    in.readUTF(),
                    readAll(in, text -> text.readUTF()),
                    parameters(in),
                    readAll(in, StateHeaderFormat::sequence),
                    readAll(in, StateHeaderFormat::shared),
                    in.readLong(),
                    readAll(in, DataInputStream::readInt));
            if (in.available() > 0) {
                throw new IllegalArgumentException(in.available() + " bytes too many");
            }
            return header;
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void write(DataOutputStream out, StateParameters parameters) throws IOException {
        out.writeUTF(parameters.keyType().name());
        out.writeUTF(parameters.valueType().name());
        out.writeUTF(parameters.flashAttention().name());
        write(out, parameters.ropeScaling());
        out.writeInt(parameters.rotationLength());
        out.writeBoolean(parameters.fullSlidingWindow());
        out.writeBoolean(parameters.multiTokenPrediction());
        out.writeInt(parameters.streams());
        out.writeInt(parameters.length());
        out.writeInt(parameters.maxSequences());
        out.writeInt(parameters.microBatchSize());
    }

    private static StateParameters parameters(DataInputStream in) throws IOException {
        return new StateParameters(
                CacheType.valueOf(in.readUTF()),
                CacheType.valueOf(in.readUTF()),
                FlashAttention.valueOf(in.readUTF()),
                ropeScaling(in),
                in.readInt(),
                in.readBoolean(),
                in.readBoolean(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                in.readInt());
    }

    private static void write(DataOutputStream out, RopeScaling scaling) throws IOException {
        out.writeUTF(scaling.method().name());
        out.writeFloat(scaling.frequencyBase());
        out.writeFloat(scaling.frequencyScale());
        out.writeFloat(scaling.extrapolationMix());
        out.writeFloat(scaling.attentionFactor());
        out.writeFloat(scaling.betaFast());
        out.writeFloat(scaling.betaSlow());
        out.writeInt(scaling.originalLength());
    }

    private static RopeScaling ropeScaling(DataInputStream in) throws IOException {
        return new RopeScaling(
                RopeScaling.Method.valueOf(in.readUTF()),
                in.readFloat(),
                in.readFloat(),
                in.readFloat(),
                in.readFloat(),
                in.readFloat(),
                in.readFloat(),
                in.readInt());
    }

    private static void write(DataOutputStream out, SequencePositions held) throws IOException {
        out.writeInt(held.sequence());
        out.writeInt(held.first());
        out.writeInt(held.last());
    }

    private static SequencePositions sequence(DataInputStream in) throws IOException {
        return new SequencePositions(in.readInt(), in.readInt(), in.readInt());
    }

    private static void write(DataOutputStream out, SharedPositions shared) throws IOException {
        out.writeInt(shared.low());
        out.writeInt(shared.high());
        out.writeInt(shared.end());
    }

    private static SharedPositions shared(DataInputStream in) throws IOException {
        return new SharedPositions(in.readInt(), in.readInt(), in.readInt());
    }

    private static <T> void writeAll(DataOutputStream out, List<T> values, Writer<? super T> writer)
            throws IOException {
        out.writeInt(values.size());
        for (var value : values) {
            writer.write(out, value);
        }
    }

    private static <T> List<T> readAll(DataInputStream in, Reader<T> reader) throws IOException {
        int count = in.readInt();
        if (count < 0) {
            throw new IllegalArgumentException(count + " entries");
        }
        // Grows with what is there, not with what is claimed.
        var values = new ArrayList<T>();
        for (int i = 0; i < count; i++) {
            values.add(reader.read(in));
        }
        return values;
    }
}
