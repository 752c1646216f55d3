package dev.qwen4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.invoke.MethodHandles;
import org.junit.jupiter.api.Test;

class CLoopTest {
    /** They are private and may move; nothing but a run of the benchmark would tell otherwise. */
    @Test
    void findsTheFieldsThatLeadToTheNativeContext() {
        assertThatCode(() -> MethodHandles.lookup().ensureInitialized(CLoop.class))
                .doesNotThrowAnyException();
    }
}
