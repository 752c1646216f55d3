package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import org.junit.jupiter.api.Test;

/** A stack overflow in native code cannot be caught: in a JVM of its own, which ends where this fails. */
class NestedHistoryTest {
    @Test
    void isRenderedOnAStackThatIsDeepEnough() {
        assertThat(ChildJvm.of(NestedHistoryMain.class).run().succeeded().stdout())
                .contains("lives");
    }
}
