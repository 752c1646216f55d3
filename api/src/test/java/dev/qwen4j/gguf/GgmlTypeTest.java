package dev.qwen4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GgmlTypeTest {
    @Test
    void findsEveryTypeByItsNumber() {
        for (var type : GgmlType.values()) {
            assertThat(GgmlType.of(type.id())).contains(type);
        }
    }

    @Test
    void knowsNoRemovedOrInventedNumbers() {
        for (long id : new long[] {-1, 4, 5, 31, 32, 33, 36, 37, 38, 43, 1L << 32, Long.MAX_VALUE}) {
            assertThat(GgmlType.of(id)).as("type %d", id).isEmpty();
        }
    }

    @Test
    void takesAsManyBitsPerNumberAsItsNameSays() {
        assertThat(bits(GgmlType.BF16)).isEqualTo(16);
        assertThat(bits(GgmlType.Q8_0)).isEqualTo(8.5);
        assertThat(bits(GgmlType.Q4_K)).isEqualTo(4.5);
        assertThat(bits(GgmlType.Q6_K)).isEqualTo(6.5625);
        assertThat(bits(GgmlType.MXFP4)).isEqualTo(4.25);
        assertThat(bits(GgmlType.IQ2_XXS)).isEqualTo(2.0625);
        assertThat(bits(GgmlType.TQ1_0)).isEqualTo(1.6875);
    }

    private static double bits(GgmlType type) {
        return 8.0 * type.blockBytes() / type.blockSize();
    }
}
