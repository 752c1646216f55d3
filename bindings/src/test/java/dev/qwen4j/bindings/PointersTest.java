package dev.qwen4j.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class PointersTest {
    @Test
    void readsTextUpToItsNullByte() {
        try (var arena = Arena.ofConfined()) {
            var pointer = bare(arena.allocateFrom("北京 \uD83D\uDE00"));
            assertThat(Pointers.utf8(pointer)).isEqualTo("北京 \uD83D\uDE00");
        }
    }

    @Test
    void doesNotReadTextBeyondItsLimit() {
        try (var arena = Arena.ofConfined()) {
            var pointer = bare(arena.allocateFrom("no end in sight"));
            assertThatThrownBy(() -> Pointers.utf8(pointer, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void replacesMalformedBytes() {
        try (var arena = Arena.ofConfined()) {
            var pointer = bare(arena.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 'a', (byte) 0xff, (byte) 0));
            assertThat(Pointers.utf8(pointer)).isEqualTo("a\uFFFD");
        }
    }

    @Test
    void endsAccessWithTheArena() {
        try (var memory = Arena.ofConfined()) {
            var pointer = bare(memory.allocateFrom(ValueLayout.JAVA_INT, 7));
            MemorySegment sized;
            try (var arena = Arena.ofConfined()) {
                sized = Pointers.sized(pointer, Integer.BYTES, arena);
                assertThat(sized.get(ValueLayout.JAVA_INT, 0)).isEqualTo(7);
                assertThat(Pointers.scoped(pointer, arena).byteSize()).isZero();
            }
            assertThatThrownBy(() -> sized.get(ValueLayout.JAVA_INT, 0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesNull() {
        assertThat(Pointers.isNull(MemorySegment.NULL)).isTrue();
        assertThatThrownBy(() -> Pointers.utf8(MemorySegment.NULL)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Pointers.scoped(MemorySegment.NULL, Arena.global()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** As C returns it: an address without a size. */
    private static MemorySegment bare(MemorySegment segment) {
        return MemorySegment.ofAddress(segment.address());
    }
}
