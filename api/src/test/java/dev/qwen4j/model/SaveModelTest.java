package dev.qwen4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.ModelSaveException;
import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models written to files: all of them, or nothing. */
class SaveModelTest {
    @TempDir
    private Path folder;

    @Test
    void writesAModelThatSaysTheSame() throws IOException {
        var file = folder.resolve("saved.gguf");
        try (var model = Model.load(Nano.file())) {
            model.save(file);
            try (var saved = Model.load(file)) {
                assertThat(Logits.of(saved)).isEqualTo(Logits.of(model));
                assertThat(saved.tokenizer().encode("Hello, world!"))
                        .isEqualTo(model.tokenizer().encode("Hello, world!"));
                assertThat(saved.chatTemplateText()).isEqualTo(model.chatTemplateText());
            }
            assertThat(names(Gguf.read(file))).containsExactlyInAnyOrderElementsOf(names(model.gguf()));
        }
        assertThat(inFolder()).containsExactly("saved.gguf");
    }

    @Test
    void replacesAFileEvenItsOwn() throws IOException {
        var file = Files.copy(Nano.file(), folder.resolve("own.gguf"));
        try (var model = Model.load(file)) {
            var before = Logits.of(model);
            model.save(file);
            assertThat(Logits.of(model)).isEqualTo(before);
            try (var saved = Model.load(file)) {
                assertThat(Logits.of(saved)).isEqualTo(before);
            }
        }
        assertThat(inFolder()).containsExactly("own.gguf");
    }

    @Test
    void joinsTheParts() throws IOException {
        var parts = NanoFile.split(folder, "nano", 3);
        var file = folder.resolve("joined.gguf");
        try (var model = Model.load(parts.getFirst())) {
            model.save(file);
            try (var saved = Model.load(file)) {
                assertThat(Logits.of(saved)).isEqualTo(Logits.of(model));
            }
        }
    }

    /** The CPU's reordered weights have no way back: ggml would call a null pointer. */
    @Test
    void refusesReorderedWeightsAndSaysHowToLoadThem() throws IOException {
        var q40 = NanoFile.whole().zeroedToQ40().write(folder.resolve("q4_0.gguf"));
        var file = folder.resolve("saved.gguf");
        try (var model = Model.load(q40)) {
            refused(model, file, "repackWeights(false)");
        }
        try (var model = Model.load(q40, options -> options.repackWeights(false))) {
            model.save(file);
        }
        assertThat(inFolder()).containsExactlyInAnyOrder("q4_0.gguf", "saved.gguf");
    }

    @Test
    void refusesWhatCannotBeWritten() throws IOException {
        try (var model = Model.load(Nano.file())) {
            refused(model, folder, "is a folder");
            refused(model, folder.resolve("none").resolve("saved.gguf"), "No file can be written in ");
        }
        try (var model = Model.load(Nano.file(), options -> options.vocabularyOnly(true))) {
            assertThatThrownBy(() -> model.save(folder.resolve("saved.gguf")))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThat(inFolder()).isEmpty();
    }

    /** A limit on the size of files fails a write as a full disk does, and any user can set it. */
    @Test
    void leavesNothingButAnExceptionWhenTheDiskIsFull() throws IOException {
        Files.writeString(folder.resolve("saved.gguf"), "what was there before");

        var result = ChildJvm.of(FullDiskMain.class)
                .under("sh", "-c", "ulimit -f 2000; exec \"$@\"", "sh")
                .args(Nano.file(), folder.resolve("saved.gguf"))
                .run()
                .succeeded();

        assertThat(result.stdout())
                .contains("ModelSaveException", "not all of it could be written; the disk may be full", "goes on");
        assertThat(inFolder()).containsExactly("saved.gguf");
        assertThat(folder.resolve("saved.gguf")).hasContent("what was there before");
    }

    private static void refused(Model model, Path file, String why) {
        assertThatThrownBy(() -> model.save(file))
                .isInstanceOf(ModelSaveException.class)
                .hasMessageContaining(why);
    }

    private static List<String> names(Gguf gguf) {
        return gguf.tensors().stream().map(tensor -> tensor.name()).toList();
    }

    private List<String> inFolder() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
