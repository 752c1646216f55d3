package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void keepsATerminalSafeFromAFile() {
        assertThat(Printable.line("a\u001b[2Jb\nc\r\u202e", 80)).isEqualTo("a\\u{1b}[2Jb\\nc\\u{d}\\u{202e}");
    }

    @Test
    void keepsLettersOfAllSorts() {
        assertThat(Printable.line("größer 東京 🎉", 80)).isEqualTo("größer 東京 🎉");
    }

    @Test
    void cutsByWholeCharacters() {
        assertThat(Printable.line("🎉🎉🎉", 2)).isEqualTo("🎉🎉…");
        assertThat(Printable.line("🎉🎉", 2)).isEqualTo("🎉🎉");
    }
}
