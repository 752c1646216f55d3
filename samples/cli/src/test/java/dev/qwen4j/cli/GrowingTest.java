package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrowingTest {
    private final StringBuilder screen = new StringBuilder();
    private final Growing growing = new Growing(screen::append);

    @Test
    void showsWhatIsNew() {
        growing.show("Par");
        growing.show("Paris");
        growing.show("Paris");
        growing.finish("Paris.");
        assertThat(screen).hasToString("Paris.");
        assertThat(growing.text()).isEqualTo("Paris.");
    }

    @Test
    void waitsWhereATextTakesSomethingBack() {
        growing.show("Paris <");
        growing.show("Paris ");
        growing.show("Paris <b>");
        assertThat(screen).hasToString("Paris <b>");
    }

    @Test
    void showsTheRestOfATextThatEndsOtherwise() {
        growing.show("Paris <");
        growing.finish("Paris is");
        assertThat(screen).hasToString("Paris <is");
        assertThat(growing.text()).isEqualTo("Paris is");
    }
}
