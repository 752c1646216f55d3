package dev.qwen4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The reader and a real file, as it is and broken in many places. */
class NanoGgufTest {
    private static final Path NANO = Path.of(
            System.getProperty("qwen4j.root"), "models/nano/src/main/resources/dev/qwen4j/nano/qwen3-nano-q8_0.gguf");

    @TempDir
    private Path folder;

    @Test
    void readsARealModel() {
        var gguf = Gguf.read(NANO);

        assertThat(gguf.architecture()).isEqualTo("qwen3");
        assertThat(gguf.fileType()).contains("Q8_0");
        assertThat(gguf.integer("qwen3.block_count")).isPresent();
        assertThat(gguf.text("tokenizer.chat_template")).isPresent();
        var tokens = gguf.array("tokenizer.ggml.tokens").orElseThrow();
        assertThat(tokens.elementType()).isEqualTo(GgufType.STRING);
        assertThat(tokens.elements()).hasSize(tokens.size()).contains(new GgufValue.Text("<|im_start|>"));
        assertThat(gguf.parameterCount()).isBetween(2_000_000L, 3_000_000L);
        assertThat(gguf.tensorBytes()).isLessThan(gguf.fileSize());
    }

    @Test
    @Timeout(30)
    void refusesItWhereverItWasCutOff() throws IOException {
        var copy = copy();
        var gguf = Gguf.read(copy);
        long size = end(gguf);
        try (var channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            // Every length near the start, then steps that hit no pattern of the file.
            while (size > 0) {
                size -= size > gguf.dataOffset() + 1
                        ? Math.min(49_999, size - gguf.dataOffset())
                        : size > 4096 ? 97 : 1;
                channel.truncate(size);
                assertThatThrownBy(() -> Gguf.read(copy))
                        .as("cut to %d bytes", size)
                        .isInstanceOf(GgufException.class)
                        .message()
                        .containsAnyOf("incomplete", "not a GGUF file");
            }
        }
    }

    @Test
    void saysHowManyBytesALostTailHad() throws IOException {
        var copy = copy();
        long end = end(Gguf.read(copy));
        try (var channel = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            channel.truncate(end - 123_456);
        }

        assertThatThrownBy(() -> Gguf.read(copy)).hasMessageContaining("123,456 bytes are missing");
    }

    @Test
    @Timeout(30)
    void survivesAThousandFlippedBytes() throws IOException {
        long seed = System.nanoTime();
        System.out.println("survivesAThousandFlippedBytes: seed " + seed);
        var random = new SplittableRandom(seed);
        var copy = copy();
        long header = Gguf.read(copy).dataOffset();
        try (var file = new RandomAccessFile(copy.toFile(), "rw")) {
            for (int i = 0; i < 1000; i++) {
                // Half of them where the numbers are: before the vocabulary, and in the table of tensors.
                long at = i % 2 == 0
                        ? random.nextLong(header)
                        : random.nextBoolean() ? random.nextLong(1024) : header - 1 - random.nextLong(4096);
                file.seek(at);
                int right = file.read();
                int wrong = right ^ random.nextInt(1, 256);
                put(file, at, wrong);
                assertReadsOrRefuses(copy, at, wrong);
                put(file, at, right);
            }
        }
        assertThat(Gguf.read(copy).architecture()).isEqualTo("qwen3");
    }

    @Test
    void readsOnlyTheHeader() throws IOException {
        var copy = copy();
        try (var sparse = new RandomAccessFile(copy.toFile(), "rw")) {
            sparse.setLength(8L << 30);
        }

        // The best of five, as the machine may be busy. It takes 2 ms, and reading 8 GiB takes more than a second.
        long best = LongStream.range(0, 5)
                .map(i -> {
                    long start = System.nanoTime();
                    Gguf.read(copy);
                    return System.nanoTime() - start;
                })
                .min()
                .orElseThrow();
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(500));
    }

    private static void assertReadsOrRefuses(Path file, long at, int wrong) {
        try {
            var gguf = Gguf.read(file);
            for (var value : gguf.metadata().values()) {
                if (value instanceof GgufArray array) {
                    assertThat(array.elements()).hasSize(array.size());
                }
            }
        } catch (GgufException e) {
            assertThat(e).hasMessageStartingWith(file.toString());
        } catch (RuntimeException | Error e) {
            throw new AssertionError("byte " + at + " set to " + wrong, e);
        }
    }

    private static void put(RandomAccessFile file, long at, int value) throws IOException {
        file.seek(at);
        file.write(value);
    }

    private static long end(Gguf gguf) {
        var last = gguf.tensors().getLast();
        return gguf.dataOffset() + last.offset() + last.byteSize();
    }

    private Path copy() throws IOException {
        return Files.copy(NANO, folder.resolve("nano.gguf"));
    }
}
