package dev.qwen4j.gguf;

import static dev.qwen4j.gguf.GgufBuilder.F32;
import static dev.qwen4j.gguf.GgufBuilder.Q4_0;
import static dev.qwen4j.gguf.GgufBuilder.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrokenTensorsTest {
    @TempDir
    private Path folder;

    @Test
    void refusesNamesThatAreNone() {
        assertRefused(model().tensor("", F32, 4, 1), "the name of tensor 0 has 0 bytes");
        assertRefused(model().tensor("n".repeat(64), F32, 4, 1), "has 64 bytes", "1 to 63");
        assertRefused(model().tensor("a\0", F32, 4, 1), "no UTF-8 text without NUL");
        assertRefused(model().tensor("a", F32, 4, 1).tensor("a", F32, 4, 1), "two tensors named 'a'");
        assertThat(Gguf.read(model().tensor("n".repeat(63), F32, 4, 1).write(folder))
                        .tensors())
                .hasSize(1);
    }

    @Test
    void refusesMoreDimensionsThanLlamaCppHas() {
        assertRefused(model().tensor("a", F32, 4, 1, 1, 1, 1, 1), "tensor 'a' has 5 dimensions", "4");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void refusesDimensionsWithoutASize(long size) {
        assertRefused(
                model().tensor("a", F32, 4, 32, size), "tensor 'a' has " + Show.number(size), "size of dimension 1");
    }

    @Test
    void refusesShapesThatOverflow() {
        assertRefused(model().tensor("a", F32, 4, Long.MAX_VALUE, 2), "too large for any file");
        // The product wraps to 0, which gguf.cpp 0.5.0 takes for an empty tensor.
        assertRefused(model().tensor("a", F32, 4, 1L << 32, 1L << 32), "[4294967296, 4294967296]");
        // The number of elements fits, the number of bytes does not.
        assertRefused(model().tensor("a", F32, 4, 1L << 62), "too large for any file");
    }

    @Test
    void refusesSizesThatOverflowTogether() {
        long half = 1L << 62;
        assertRefused(
                model().tensor("a", 24, 0, half).tensorAt(half, "b", 24, 0, half),
                "with tensor 'b'",
                "too large for any file");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 31, 33, 36, 38, 43, 1000, -1})
    void refusesTypesThatLlamaCppHasNot(int type) {
        assertRefused(
                model().tensor("a", type, 64, 256),
                "tensor 'a' has type " + Integer.toUnsignedString(type),
                "another quantization");
    }

    @Test
    void refusesRowsThatAreNoWholeBlocks() {
        assertRefused(model().tensor("a", Q4_0, 18, 33), "rows of 33 numbers", "Q4_0 needs whole blocks of 32");
        assertRefused(model().tensor("a", Q4_0, 18), "rows of 1 numbers");
    }

    @Test
    void refusesDataThatIsNotInOrder() {
        assertRefused(
                model().tensorAt(32, "a", F32, 4, 1), "tensor 'a' has its data at offset 32, and must have it at 0");
        assertRefused(model().tensor("a", F32, 4, 1).tensorAt(64, "b", F32, 4, 1), "at offset 64", "at 32");
        assertRefused(model().tensor("a", F32, 4, 1).tensorAt(4, "b", F32, 4, 1), "at offset 4", "at 32");
        assertRefused(model().tensor("a", F32, 4, 1).tensorAt(-32, "b", F32, 4, 1), "18446744073709551584");
    }

    @Test
    void saysHowMuchOfTheDataIsMissing() {
        assertRefused(
                model().tensor("a", F32, 4000, 1000).withoutLast(1234),
                "1,234 bytes are missing",
                "download is probably incomplete");
        assertRefused(model().tensor("a", 24, 0, 1L << 50), "1,125,899,906,842,624 bytes are missing");
    }

    @Test
    void needsNoPaddingBehindTheLastTensor() {
        assertThat(Gguf.read(model().tensor("a", F32, 4, 1).write(folder)).fileSize() % 32)
                .isEqualTo(4);
    }

    private void assertRefused(GgufBuilder broken, String... parts) {
        var file = broken.write(folder);
        assertThatThrownBy(() -> Gguf.read(file))
                .isInstanceOf(GgufException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContainingAll(parts);
    }
}
