package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.gguf.GgmlType;
import dev.qwen4j.guard.AlteredNano;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Well-formed files on which llama.cpp would assert on a worker thread, or crash, in the first decode. */
class UnloadableModelTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(floats = {-1e-6f, Float.NaN, Float.POSITIVE_INFINITY})
    void refusesAnEpsilonThatIsNoSmallNumber(float epsilon) throws IOException {
        assertRefused(
                new AlteredNano().number("qwen3.attention.layer_norm_rms_epsilon", Float.floatToRawIntBits(epsilon)),
                "layer_norm_rms_epsilon is ");
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -10_000, Float.NaN})
    void refusesARopeBaseThatIsNotAboveZero(float base) throws IOException {
        assertRefused(
                new AlteredNano().number("qwen3.rope.freq_base", Float.floatToRawIntBits(base)),
                "qwen3.rope.freq_base is ");
    }

    @Test
    void refusesNormsThatAreNotF32() throws IOException {
        assertRefused(
                new AlteredNano().vectorType("blk.1.attn_norm.weight", GgmlType.I32.id()),
                "blk.1.attn_norm.weight has type I32; it must be F32");
    }

    private void assertRefused(AlteredNano model, String why) throws IOException {
        var file = folder.resolve("altered.gguf");
        Files.write(file, model.bytes());
        assertThatThrownBy(() -> Model.load(file).close())
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(why);
    }
}
