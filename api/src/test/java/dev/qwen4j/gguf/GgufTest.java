package dev.qwen4j.gguf;

import static dev.qwen4j.gguf.GgufBuilder.F32;
import static dev.qwen4j.gguf.GgufBuilder.Q4_0;
import static dev.qwen4j.gguf.GgufBuilder.model;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufTest {
    @TempDir
    private Path folder;

    @Test
    void readsEveryTypeOfValueInTheOrderOfTheFile() {
        var gguf = read(model().entry("u8", 0, out -> out.i8(255))
                .entry("i8", 1, out -> out.i8(-1))
                .entry("u16", 2, out -> out.i16(65_535))
                .entry("i16", 3, out -> out.i16(-2))
                .entry("u32", 4, out -> out.i32(-1))
                .entry("i32", 5, out -> out.i32(-3))
                .entry("f32", 6, out -> out.i32(Float.floatToIntBits(1e-6f)))
                .entry("bool", 7, out -> out.i8(1))
                .entry("u64", 10, out -> out.i64(-1))
                .entry("i64", 11, out -> out.i64(Long.MIN_VALUE))
                .entry("f64", 12, out -> out.i64(Double.doubleToLongBits(0.1))));

        assertThat(gguf.metadata().keySet())
                .containsExactly(
                        "general.architecture",
                        "u8",
                        "i8",
                        "u16",
                        "i16",
                        "u32",
                        "i32",
                        "f32",
                        "bool",
                        "u64",
                        "i64",
                        "f64");
        assertThat(gguf.metadata().values().stream().map(Object::toString))
                .containsExactly(
                        "qwen3",
                        "255",
                        "-1",
                        "65535",
                        "-2",
                        "4294967295",
                        "-3",
                        "1.0E-6",
                        "true",
                        "18446744073709551615",
                        "-9223372036854775808",
                        "0.1");
        assertThat(gguf.metadata().get("u64")).isEqualTo(new GgufValue.UInt(GgufType.UINT64, -1));
        assertThat(gguf.integer("u32")).hasValue(4_294_967_295L);
        assertThat(gguf.integer("i16")).hasValue(-2);
        assertThat(gguf.real("f64")).hasValue(0.1);
        assertThat(gguf.bool("bool")).contains(true);
    }

    @Test
    void answersMissingKeysWithEmpty() {
        var gguf = read(model());

        assertThat(gguf.text("x")).isEmpty();
        assertThat(gguf.integer("x")).isEmpty();
        assertThat(gguf.real("x")).isEmpty();
        assertThat(gguf.bool("x")).isEmpty();
        assertThat(gguf.array("x")).isEmpty();
        assertThat(gguf.name()).isEmpty();
        assertThat(gguf.fileType()).isEmpty();
        assertThat(gguf.split()).isEmpty();
    }

    @Test
    void namesTheTypeThatWasNotExpected() {
        var gguf = read(model().u32("general.name", 7).entry("huge", 10, out -> out.i64(-1)));

        assertThatThrownBy(gguf::name)
                .isInstanceOf(GgufException.class)
                .hasMessageContainingAll("'7' of type u32 under 'general.name'", "text is expected");
        assertThatThrownBy(() -> gguf.integer("huge"))
                .isInstanceOf(GgufException.class)
                .hasMessageContainingAll("18446744073709551615", "2^63");
    }

    @Test
    void describesTensors() {
        var gguf = read(model().text("general.name", "Tiny")
                .u32("general.file_type", 15)
                .tensor("a", Q4_0, 36, 32, 2)
                .tensor("b", F32, 12, 3)
                .tensor("scalar", F32, 4));

        assertThat(gguf.architecture()).isEqualTo("qwen3");
        assertThat(gguf.name()).contains("Tiny");
        assertThat(gguf.fileType()).contains("Q4_K - Medium");
        assertThat(gguf.tensors())
                .containsExactly(
                        new GgufTensor("a", GgmlType.Q4_0, List.of(32L, 2L), 0, 36),
                        new GgufTensor("b", GgmlType.F32, List.of(3L), 64, 12),
                        new GgufTensor("scalar", GgmlType.F32, List.of(), 96, 4));
        assertThat(gguf.parameterCount()).isEqualTo(64 + 3 + 1);
        assertThat(gguf.tensorBytes()).isEqualTo(36 + 12 + 4);
        assertThat(gguf.dataOffset() % 32).isZero();
        assertThat(gguf.fileSize()).isEqualTo(gguf.dataOffset() + 100);
    }

    @Test
    void usesTheAlignmentOfTheFile() {
        var gguf = read(model().alignment(128).tensor("a", F32, 4, 1).tensor("b", F32, 4, 1));

        assertThat(gguf.alignment()).isEqualTo(128);
        assertThat(gguf.tensors().getLast().offset()).isEqualTo(128);
    }

    @Test
    void readsVersion2AndFilesWithoutTensors() {
        var gguf = read(model().version(2));

        assertThat(gguf.version()).isEqualTo(2);
        assertThat(gguf.tensors()).isEmpty();
        assertThat(gguf.dataOffset()).isEqualTo(gguf.fileSize());
    }

    @Test
    void decodesElementsOfArraysOnDemand() {
        var gguf =
                read(model().array("words", 8, 3, out -> out.text("ä").text("").text(new byte[] {(byte) 0xff}))
                        .array("flags", 7, 2, out -> out.i8(0).i8(1))
                        .array("none", 5, 0, out -> {})
                        .text("last", "x"));

        var words = gguf.array("words").orElseThrow();
        assertThat(words).hasToString("str[3]");
        assertThat(words.elements())
                .containsExactly(new GgufValue.Text("ä"), new GgufValue.Text(""), new GgufValue.Text("\uFFFD"));
        assertThat(words.first(1)).containsExactly(new GgufValue.Text("ä"));
        assertThat(words.first(9)).hasSize(3);
        assertThatThrownBy(() -> words.first(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(gguf.array("flags").orElseThrow().elements())
                .containsExactly(new GgufValue.Bool(false), new GgufValue.Bool(true));
        assertThat(gguf.array("none").orElseThrow().elements()).isEmpty();
        assertThat(gguf.text("last")).contains("x");
    }

    @Test
    void readsTextLongerThanItsBuffer() {
        var template = "{{ x }}".repeat(30_000);

        assertThat(read(model().text("tokenizer.chat_template", template)).text("tokenizer.chat_template"))
                .contains(template);
    }

    @Test
    void refusesElementsOfAFileThatHasChanged() throws Exception {
        var gguf = read(model().array("words", 8, 1, out -> out.text("a")));
        Files.write(gguf.path(), new byte[] {1}, StandardOpenOption.APPEND);

        assertThatThrownBy(() -> gguf.array("words").orElseThrow().elements())
                .isInstanceOf(GgufException.class)
                .hasMessageContainingAll("has changed since it was read", "Read it again");
    }

    @Test
    void tellsThePartOfASplitModel() {
        var first = read(split(model(), 0, 3));
        var later = read(split(new GgufBuilder(), 2, 3));

        assertThat(first.split()).contains(new GgufSplit(0, 3, 40));
        assertThat(first.architecture()).isEqualTo("qwen3");
        assertThat(later.split()).contains(new GgufSplit(2, 3, 40));
        assertThatThrownBy(later::architecture)
                .isInstanceOf(GgufException.class)
                .hasMessageContainingAll("part 3 of 3", "Name the first part");
    }

    @Test
    void refusesAPartThatCannotBe() {
        assertThatThrownBy(() -> read(split(model(), 3, 3)))
                .isInstanceOf(GgufException.class)
                .hasMessageContainingAll("'split.no' is '3'", "from 0 to 2");
        assertThatThrownBy(() -> read(model().u32("split.count", 2)))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("'split.no' is missing");
    }

    @Test
    void handsOutNothingThatCanBeChanged() {
        var gguf = read(model().tensor("a", F32, 4, 1));

        assertThatThrownBy(() -> gguf.metadata().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> gguf.tensors().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    private static GgufBuilder split(GgufBuilder file, int number, int count) {
        return file.entry("split.no", 2, out -> out.i16(number))
                .entry("split.count", 2, out -> out.i16(count))
                .entry("split.tensors.count", 5, out -> out.i32(40));
    }

    private Gguf read(GgufBuilder file) {
        return Gguf.read(file.write(folder));
    }
}
