package dev.qwen4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.internal.NativeNeeds;
import dev.qwen4j.internal.NativeNeeds.Need;
import dev.qwen4j.model.AbsurdLengthMain;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and contexts that would not fit are refused with numbers before they are made. */
class MemoryCheckTest {
    private static final int LAYERS = 4;
    private static final int KEY_AND_VALUE = 64 + 64;

    @TempDir
    private Path root;

    @Test
    void measuresExactlyTheCacheThatTheHeaderImplies() {
        for (int length : new int[] {256, 4096, 65_536}) {
            var needs = measure(ContextOptions.defaults().length(length));
            assertThat(needs.stream().mapToLong(Need::context).sum())
                    .isEqualTo((long) LAYERS * length * KEY_AND_VALUE * 2);
        }
        var quantized = measure(ContextOptions.defaults().length(4096).cacheTypes(CacheType.Q8_0, CacheType.Q8_0));
        assertThat(quantized.stream().mapToLong(Need::context).sum())
                .isEqualTo((long) LAYERS * 4096 * KEY_AND_VALUE / 32 * 34);
    }

    @Test
    void measuresTheWeightsWithoutTheVocabulary() {
        var gguf = ModelParts.of(Nano.file()).first();
        var needs = measure(ContextOptions.defaults());
        assertThat(needs.stream().mapToLong(Need::model).sum())
                .isBetween(
                        gguf.tensorBytes(), gguf.tensorBytes() + gguf.tensors().size() * 64L);
        assertThat(needs).allSatisfy(need -> assertThat(need.host()).isTrue());
        assertThat(needs.stream().mapToLong(Need::compute).sum()).isPositive();
    }

    @Test
    void refusesAContextThatDoesNotFitAndSaysWhatWould() throws IOException {
        available(64 << 20);
        try (var model = Model.load(Nano.file())) {
            var options = ContextOptions.defaults().length(100_000);
            assertThatThrownBy(() -> check(options, model))
                    .isInstanceOfSatisfying(InsufficientMemoryException.class, e -> {
                        assertThat(e.available()).isEqualTo(64 << 20);
                        assertThat(e.needed()).isGreaterThan(100_000L * LAYERS * KEY_AND_VALUE * 2);
                        assertThat(e)
                                .hasMessageContaining("%,d".formatted(e.needed()))
                                .hasMessageContaining("%,d".formatted(e.available()));
                        int fitting = e.fittingLength().orElseThrow();
                        assertThat(fitting).isBetween(256, 99_999).matches(length -> length % 256 == 0);
                        assertThatCode(() -> check(options.length(fitting), model))
                                .doesNotThrowAnyException();
                    });
            assertThatCode(() -> check(options.checkMemory(false), model)).doesNotThrowAnyException();
        }
    }

    @Test
    void refusesWeightsThatAreReadAndNotThoseThatAreMapped() throws IOException {
        available(1 << 20);
        assertThatThrownBy(() -> checkLoad(ModelOptions.defaults().loadMode(LoadMode.READ)))
                .isInstanceOf(InsufficientMemoryException.class)
                .hasMessageContainingAll("The weights of ", "LoadMode.MMAP");
        checkLoad(ModelOptions.defaults().loadMode(LoadMode.MMAP));
        checkLoad(ModelOptions.defaults().loadMode(LoadMode.READ).checkMemory(false));
        checkLoad(ModelOptions.defaults().loadMode(LoadMode.READ).vocabularyOnly(true));
    }

    /** 2^31 - 1 tokens, and a cache of one and a half times the memory that is free: in a JVM of their own, since they could end it. */
    @Test
    void keepsTheJvmAliveWhateverTheLength() {
        var output = ChildJvm.of(AbsurdLengthMain.class)
                .args(Nano.file())
                .run()
                .succeeded()
                .stdout();

        assertThat(output.lines()
                        .filter(line -> line.startsWith("dev.qwen4j.InsufficientMemoryException: A context of ")))
                .hasSize(2);
        assertThat(output).contains("goes on");
    }

    private void check(ContextOptions options, Model model) {
        memoryCheck(ModelOptions.defaults()).beforeContext(options, model.nativeModel());
    }

    private void checkLoad(ModelOptions options) {
        memoryCheck(options).beforeLoad();
    }

    private MemoryCheck memoryCheck(ModelOptions options) {
        var parts = ModelParts.of(Nano.file());
        return new MemoryCheck(parts, parts.first(), options, new HostMemory(root));
    }

    private void available(long bytes) throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/meminfo"), "MemAvailable: " + bytes / 1024 + " kB\n");
    }

    private static List<Need> measure(ContextOptions context) {
        var tokens = Optional.of(ModelParts.of(Nano.file()).first())
                .flatMap(gguf -> gguf.array("tokenizer.ggml.tokens"))
                .orElseThrow();
        return NativeNeeds.measure(List.of(Nano.file()), ModelOptions.defaults(), context, "qwen3", tokens.size());
    }
}
