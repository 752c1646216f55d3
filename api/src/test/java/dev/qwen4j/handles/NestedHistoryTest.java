package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import org.junit.jupiter.api.Test;

/** A stack overflow in native code cannot be caught: in a JVM of its own, which ends where this fails. */
class NestedHistoryTest {
    @Test
    void isRefusedWhereItIsTooDeepAndRenderedWhereItIsNot() {
        assertThat(ChildJvm.of(NestedHistoryMain.class).run().succeeded().stdout())
                .contains("The arguments of a tool call are not taken")
                .contains("lives");
    }
}
