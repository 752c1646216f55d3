package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterruptsTest {
    private final List<String> events = new ArrayList<>();
    private final Interrupts interrupts = new Interrupts(() -> events.add("stop"), () -> events.add("end"));

    @Test
    void stopsAtTheFirstAndEndsAtTheSecond() {
        interrupts.press();
        assertThat(interrupts.pressed()).isTrue();
        assertThat(events).containsExactly("stop");
        interrupts.press();
        assertThat(events).containsExactly("stop", "end");
    }

    @Test
    void stopsAgainAfterALine() {
        interrupts.press();
        interrupts.reset();
        assertThat(interrupts.pressed()).isFalse();
        interrupts.press();
        assertThat(events).containsExactly("stop", "stop");
    }
}
