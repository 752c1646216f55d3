package dev.qwen4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.gguf.GgufException;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in several files. */
class SplitModelTest {
    @TempDir
    private Path folder;

    @Test
    void loadsAllPartsFromTheNameOfTheFirst() throws IOException {
        var parts = NanoFile.split(folder, "nano", 3);

        try (var model = Model.load(parts.getFirst());
                var whole = Model.load(Nano.file())) {
            assertThat(model.files()).isEqualTo(parts);
            assertThat(Logits.of(model)).isEqualTo(Logits.of(whole));
        }
    }

    @Test
    void loadsPartsOfAnyNamesInTheirOrder() throws IOException {
        var parts = renamed(NanoFile.split(folder, "nano", 3));

        try (var model = Model.load(parts, options -> options);
                var whole = Model.load(Nano.file())) {
            assertThat(Logits.of(model)).isEqualTo(Logits.of(whole));
        }
    }

    @Test
    void loadsAListOfOne() {
        try (var model = Model.load(List.of(Nano.file()), options -> options.vocabularyOnly(true))) {
            assertThat(model.file()).isEqualTo(Nano.file());
        }
    }

    @Test
    void refusesPartsOutOfOrderAndNamesThem() throws IOException {
        var parts = new ArrayList<>(renamed(NanoFile.split(folder, "nano", 3)));
        Collections.swap(parts, 1, 2);

        refused(parts, "part 3 of 3 of a model, and was given in place 2");
        Collections.swap(parts, 0, 2);
        refused(parts, "part 2 of 3 of a model, and was given in place 1");
    }

    @Test
    void refusesThatOneIsMissingOrThereTwice() throws IOException {
        var parts = NanoFile.split(folder, "nano", 3);

        refused(parts.subList(0, 2), "part 1 of 3 of a model, but 2 files were given");
        refused(List.of(parts.get(0), parts.get(1), parts.get(1)), "part 2 of 3 of a model, and was given in place 3");
        refused(List.of(parts.get(0), Nano.file(), parts.get(2)), "is a model of its own");
        assertThatThrownBy(() -> Model.load(List.of(), options -> options))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesAPartOfAnotherModel() throws IOException {
        var parts = NanoFile.split(folder, "nano", 3);
        var foreign = NanoFile.part(1, 5, 3).write(folder.resolve("foreign.gguf"));

        refused(List.of(parts.get(0), foreign, parts.get(2)), "Are they parts of one model?");
    }

    @Test
    void saysWhichPartIsNotThere() throws IOException {
        var parts = NanoFile.split(folder, "nano", 3);
        Files.delete(parts.get(1));

        assertThatThrownBy(() -> Model.load(parts.getFirst()))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining("nano-00002-of-00003.gguf does not exist");
    }

    @Test
    void saysWhichPartToNameInstead() throws IOException {
        var parts = NanoFile.split(folder, "nano", 3);

        assertThatThrownBy(() -> Model.load(parts.get(2)))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("part 3 of 3 of a model. Name the first part: nano-00001-of-00003.gguf.");
    }

    @Test
    void saysThatOtherPartsCannotBeFoundByTheName() throws IOException {
        var parts = renamed(NanoFile.split(folder, "nano", 3));

        assertThatThrownBy(() -> Model.load(parts.getFirst()))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("its name does not end in -00001-of-00003.gguf");
    }

    @Test
    void namesPartsAsLlamaCppDoes() throws IOException {
        var parts = NanoFile.split(folder, "nano", 3);
        try (var arena = Arena.ofConfined()) {
            var text = arena.allocate(4096);
            var path = arena.allocateFrom(parts.get(1).toString());
            int length = LlamaCpp.llama_split_prefix(text, text.byteSize(), path, 1, 3);
            assertThat(text.getString(0))
                    .isEqualTo(folder.resolve("nano").toString())
                    .hasSize(length);
            var prefix = arena.allocateFrom(text.getString(0));
            LlamaCpp.llama_split_path(text, text.byteSize(), prefix, 2, 3);
            assertThat(text.getString(0)).isEqualTo(parts.get(2).toString());
        }
    }

    private List<Path> renamed(List<Path> parts) throws IOException {
        var names = List.of("b.gguf", "c.gguf", "a.gguf");
        var renamed = new ArrayList<Path>();
        for (int i = 0; i < parts.size(); i++) {
            renamed.add(Files.move(parts.get(i), folder.resolve(names.get(i))));
        }
        return renamed;
    }

    private static void refused(List<Path> parts, String why) {
        assertThatThrownBy(() -> Model.load(parts, options -> options))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining(why);
    }
}
