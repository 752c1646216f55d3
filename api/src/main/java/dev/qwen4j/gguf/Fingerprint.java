package dev.qwen4j.gguf;

import dev.qwen4j.internal.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** Tells one model file from another without reading all of it: a digest of its size, its header, and a page of each tensor. */
final class Fingerprint {
    private static final int PAGE = 4096;
    private static final int CHUNK = 1 << 16;

    private final MessageDigest digest = Sha256.begin();
    private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK);

    private Fingerprint() {}

    static String of(GgufFile file, long dataOffset, List<GgufTensor> tensors) {
        file.requireUnchanged();
        var fingerprint = new Fingerprint();
        try (var channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
            fingerprint.digest.update(
                    ByteBuffer.allocate(Long.BYTES).putLong(file.size()).flip());
            fingerprint.add(file, channel, 0, dataOffset);
            for (var tensor : tensors) {
                // The middle: a fine-tuned vocabulary's first rows are often those of the base model.
                long sampled = Math.min(PAGE, tensor.byteSize());
                fingerprint.add(
                        file, channel, dataOffset + tensor.offset() + (tensor.byteSize() - sampled) / 2, sampled);
            }
        } catch (IOException e) {
            throw GgufFile.unreadable(file.path(), e);
        }
        file.requireUnchanged();
        return HexFormat.of().formatHex(fingerprint.digest.digest());
    }

    private void add(GgufFile file, FileChannel channel, long from, long length) throws IOException {
        long end = from + length;
        for (long position = from; position < end; ) {
            buffer.clear().limit((int) Math.min(CHUNK, end - position));
            int read = channel.read(buffer, position);
            if (read < 0) {
                throw file.refusal(
                        "it became shorter while it was read", "Put the whole file back, and load it again.");
            }
            digest.update(buffer.flip());
            position += read;
        }
    }
}
