package dev.qwen4j.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** std::regex recurses for each character: on the caller's stack some thousands of them would end the JVM. */
class LongWaitTest {
    @Test
    void aLazyGrammarCanWaitForALongTimeOrSaysThatItCannot() {
        var result = ChildJvm.of(LongWaitMain.class)
                .timeout(Duration.ofMinutes(2))
                .run()
                .succeeded();
        assertThat(result.stdout())
                .contains("woke after 100,000 characters")
                .contains("A lazy grammar has waited for its trigger for")
                .contains("has more than 1000 bytes, too many for a grammar");
    }
}
