package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.LlamaException;
import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.gguf.GgufException;
import dev.qwen4j.guard.AlteredNano;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no models, or not whole: each is told as what it is, and a good one loads afterwards. */
class BadFileTest {
    private static final long SEED = 20260102;
    private static final int TENSOR_COUNT_AT = 8;
    private static final int ENTRY_COUNT_AT = 16;

    @TempDir
    private Path folder;

    @Test
    void refusesWhatIsNotThere() {
        refused(folder.resolve("none.gguf"), "none.gguf does not exist");
    }

    @Test
    void refusesAFolder() {
        refused(folder, "is a folder");
    }

    @Test
    void refusesAnEmptyFile() throws IOException {
        refused(write(new byte[0]), "it is empty");
    }

    @Test
    void refusesWhatIsNoGguf() throws IOException {
        refused(write("Once upon a time".getBytes(StandardCharsets.UTF_8)), "is not a GGUF file");
    }

    @Test
    void refusesAFileCutAnywhere() throws IOException {
        System.out.println("[handles] seed " + SEED);
        var random = new Random(SEED);
        var whole = Files.readAllBytes(Nano.file());
        for (int i = 0; i < 40; i++) {
            int length = 1 + random.nextInt(whole.length - 1);
            assertThatThrownBy(() -> Model.load(write(Arrays.copyOf(whole, length))))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(GgufException.class)
                    .hasMessageContaining("test.gguf");
        }
    }

    @Test
    void refusesHugeCountsAndOffsets() throws IOException {
        for (long huge : new long[] {Long.MAX_VALUE, -1, 1L << 40, Integer.MAX_VALUE}) {
            refused(write(with(TENSOR_COUNT_AT, huge)), "test.gguf");
            refused(write(with(ENTRY_COUNT_AT, huge)), "test.gguf");
            // The length of the first key, which stands behind the header.
            refused(write(with(24, huge)), "test.gguf");
            refused(write(with(offsetOfFirstTensor(), huge)), "test.gguf");
        }
    }

    @Test
    void namesAnUnknownArchitectureAndTheVersionOfLlamaCpp() throws IOException {
        var file = new AlteredNano().text("qwen3", "qwenX").write(folder.resolve("x.gguf"));

        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageMatching(
                        "(?s).*x\\.gguf has architecture \"qwenX\", which llama\\.cpp 0\\.5\\.0 does not know.*");
        loads();
    }

    @Test
    void tellsAnAssertWithLlamaCppsOwnWords() throws IOException {
        var file = new AlteredNano().text("ĠParis", "ĠTokyo").write(folder.resolve("twice.gguf"));

        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContainingAll("twice.gguf", "GGML_ASSERT(id_to_token.size() == token_to_id.size())")
                .cause()
                .isInstanceOfSatisfying(
                        LlamaException.class, e -> assertThat(e.kind()).isEqualTo(LlamaException.Kind.ASSERTION));
        loads();
    }

    @Test
    void attachesWhatLlamaCppLogged() throws IOException {
        var file = new AlteredNano().number("qwen3.attention.head_count", 7).write(folder.resolve("heads.gguf"));

        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContainingAll("heads.gguf", "llama.cpp logged:", "error loading model");
        loads();
    }

    private void refused(Path file, String words) {
        assertThatThrownBy(() -> Model.load(file))
                .isInstanceOf(GgufException.class)
                .hasMessageContaining(words);
    }

    private static void loads() {
        try (var model = Model.load(Nano.file());
                var context = model.newContext()) {
            context.decode(1);
            assertThat(context.logits()).hasSize(model.tokenizer().size());
        }
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("test.gguf"), bytes);
    }

    private static byte[] with(int at, long value) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(Nano.file())).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.putLong(at, value).array();
    }

    /** The table's first entry: name, number of dimensions, their sizes, type, offset. */
    private static int offsetOfFirstTensor() throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(Nano.file())).order(ByteOrder.LITTLE_ENDIAN);
        int at = new String(bytes.array(), StandardCharsets.ISO_8859_1).indexOf("token_embd.weight")
                + "token_embd.weight".length();
        return at + Integer.BYTES + bytes.getInt(at) * Long.BYTES + Integer.BYTES;
    }
}
