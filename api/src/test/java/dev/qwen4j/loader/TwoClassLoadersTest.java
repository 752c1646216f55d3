package dev.qwen4j.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import org.junit.jupiter.api.Test;

class TwoClassLoadersTest {
    @Test
    void decodeTogetherAndTheSecondGoesOnAndLogsWhenTheFirstIsCollected() {
        var child = ChildJvm.of(TwoClassLoaders.class).run().succeeded();
        assertThat(child.stdout().lines())
                .containsExactly(
                        "two copies",
                        "answered together",
                        "answered together",
                        "the first was collected",
                        "the second answered",
                        "and logged");
        assertThat(child.stderr()).isEmpty();
    }
}
