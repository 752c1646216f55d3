package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopTextsTest {
    private final StopTexts stops = new StopTexts(List.of("<end>", "User:"));

    @Test
    void findsTheFirstOfThem() {
        assertThat(stops.find("a User: b <end>")).isEqualTo(2);
        assertThat(stops.find("a <end> User:")).isEqualTo(2);
        assertThat(stops.find("a <en")).isEqualTo(-1);
    }

    @Test
    void holdsBackWhatMayBecomeOne() {
        assertThat(stops.safeLength("Paris <en")).isEqualTo(6);
        assertThat(stops.safeLength("Paris Us")).isEqualTo(6);
        assertThat(stops.safeLength("Paris <x")).isEqualTo(8);
        assertThat(stops.safeLength("<")).isZero();
        assertThat(stops.safeLength("")).isZero();
    }

    @Test
    void holdsBackNothingWithoutStops() {
        var none = new StopTexts(List.of());
        assertThat(none.find("<end>")).isEqualTo(-1);
        assertThat(none.safeLength("<end")).isEqualTo(4);
    }
}
