package dev.qwen4j.gguf;

import static dev.qwen4j.gguf.GgufBuilder.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenMetadataTest {
    @TempDir
    private Path folder;

    @Test
    void namesVersionsItCannotRead() {
        assertRefused(model().version(0), "GGUF version 0");
        assertRefused(model().version(1), "GGUF version 1", "Download a newer file");
        assertRefused(model().version(4), "GGUF version 4", "update");
        assertRefused(model().version(-1), "GGUF version 4,294,967,295");
        assertRefused(model().version(3 << 24), "big-endian byte order", "gguf_convert_endian.py");
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 1_000_000_000_000L, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void believesNoCount(long count) {
        assertRefused(model().entryCount(count), "metadata entries", "bytes are left");
        assertRefused(model().tensorCount(count), "tensors", "bytes are left");
        assertRefused(
                model().array("a", 8, count, out -> {}),
                "the value of 'a' claims " + Show.number(count) + " elements of type str");
        assertRefused(model().array("a", 0, count, out -> {}), "elements of type u8", "only 0 bytes are left");
    }

    @Test
    void refusesCountsThatOnlyAHugeFileCouldHold() throws Exception {
        // Sparse: it takes no room on the disk.
        var file = model().tensorCount(100_000_000).write(folder);
        grow(file);
        assertThatThrownBy(() -> Gguf.read(file))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("at most 131,072");

        var entries = model().entryCount(100_000_000).write(folder);
        grow(entries);
        assertThatThrownBy(() -> Gguf.read(entries))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("at most 16,384");
    }

    @Test
    void refusesMoreTextThanAnyModelHas() throws Exception {
        var file = model().entry("big", 8, out -> out.i64(1L << 30)).write(folder);
        grow(file);

        assertThatThrownBy(() -> Gguf.read(file))
                .isInstanceOf(GgufException.class)
                .hasMessageContainingAll("the value of 'big', of 1,073,741,824 bytes", "67,108,864");
    }

    @Test
    void passesOverAHugeArrayWithoutKeepingIt() throws Exception {
        var file = model().array("huge", 0, 1L << 30, out -> {}).entryCount(2).write(folder);
        grow(file);

        assertThat(Gguf.read(file).array("huge").orElseThrow().size()).isEqualTo(1 << 30);
    }

    @Test
    void refusesStringsBeyondTheEnd() {
        assertRefused(
                model().entry("a", 8, out -> out.i64(1000).raw(new byte[10])),
                "the value of 'a'",
                "claims 1,000 bytes, but only 10 are left");
        assertRefused(model().entry("a", 8, out -> out.i64(-1)), "claims 18446744073709551615 bytes");
        assertRefused(model().array("a", 8, 2, out -> out.text("x").i64(5)), "claims 5 bytes, but only 0 are left");
    }

    @Test
    void saysWhereAFileEndsTooEarly() {
        var bytes = model().u32("a", 1).bytes();
        var file = GgufBuilder.write(folder, Arrays.copyOf(bytes, bytes.length - 1));

        assertThatThrownBy(() -> Gguf.read(file))
                .isInstanceOf(GgufException.class)
                .hasMessageContainingAll("it ends inside the value of 'a'", "probably incomplete");
    }

    @Test
    void refusesKeysThatAreNone() {
        assertRefused(model().text("", "x"), "the key of metadata entry 1 has 0 bytes");
        assertRefused(model().text("k".repeat(65_536), "x"), "65,536 bytes", "1 to 65,535");
        assertRefused(model().entry(new byte[] {(byte) 0xc3, 'x'}, 0, out -> out.i8(0)), "no UTF-8 text");
        assertRefused(model().text("a\0b", "x"), "no UTF-8 text without NUL: 'a\\u{0}b'");
        assertRefused(model().text("a", "x").text("a", "y"), "the key 'a' twice");
        assertThat(Gguf.read(model().text("k".repeat(65_535), "x").write(folder))
                        .metadata())
                .hasSize(2);
    }

    @Test
    void refusesTypesThatAreNone() {
        assertRefused(model().entry("a", 13, out -> out.i64(0)), "the value of 'a' has the unknown type 13");
        assertRefused(model().entry("a", -1, out -> out.i64(0)), "unknown type 4294967295");
        assertRefused(model().array("a", 99, 0, out -> {}), "unknown type 99");
        assertRefused(model().array("a", 9, 1, out -> out.i32(0).i64(0)), "array of arrays");
    }

    @Test
    void refusesBoolsThatAreNeither() {
        assertRefused(model().entry("a", 7, out -> out.i8(2)), "the value of 'a' is a bool of 2");
        assertRefused(model().array("a", 7, 2, out -> out.i8(1).i8(255)), "a bool of 255");
    }

    @Test
    void refusesAlignmentsThatAreNone() {
        assertRefused(model().u32("general.alignment", 0), "'general.alignment' is '0' of type u32", "power of two");
        assertRefused(model().u32("general.alignment", 48), "'48'");
        assertRefused(model().u32("general.alignment", 1 << 31), "'2147483648'");
        assertRefused(model().entry("general.alignment", 10, out -> out.i64(32)), "'32' of type u64");
        assertRefused(model().text("general.alignment", "32"), "of type str");
    }

    @Test
    void demandsAnArchitecture() {
        assertRefused(new GgufBuilder(), "no 'general.architecture'", "Name a model file");
        assertRefused(new GgufBuilder().u32("general.architecture", 3), "'general.architecture' is of type u32");
        assertRefused(
                new GgufBuilder().array("general.architecture", 8, 1, out -> out.text("qwen3")),
                "'general.architecture' is of type arr");
    }

    private void assertRefused(GgufBuilder broken, String... parts) {
        var file = broken.write(folder);
        assertThatThrownBy(() -> Gguf.read(file))
                .isInstanceOf(GgufException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContainingAll(parts);
    }

    private static void grow(Path file) throws IOException {
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(5L << 30);
        }
    }
}
