package dev.qwen4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Device;
import dev.qwen4j.DeviceType;
import dev.qwen4j.Devices;
import dev.qwen4j.LazyTensors;
import dev.qwen4j.LoadMode;
import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.ModelOptions;
import dev.qwen4j.SplitMode;
import dev.qwen4j.TensorPlacement;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_model_params;
import dev.qwen4j.nano.Nano;
import java.lang.foreign.Arena;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What can be said about loading, and what is refused by name. */
class ModelOptionsTest {
    @Test
    void hasLlamaCppsDefaults() {
        Devices.list();
        var options = ModelOptions.defaults();
        try (var arena = Arena.ofConfined()) {
            var params = LlamaCpp.llama_model_default_params(arena);
            assertThat(options.gpuLayers()).isEqualTo(llama_model_params.n_gpu_layers(params));
            assertThat(options.splitMode() == SplitMode.LAYER)
                    .isEqualTo(llama_model_params.split_mode(params) == LlamaCpp.LLAMA_SPLIT_MODE_LAYER());
            assertThat(options.mainGpu()).isEqualTo(llama_model_params.main_gpu(params));
            assertThat(options.loadMode() == LoadMode.AUTO)
                    .isEqualTo(llama_model_params.load_mode(params) == LlamaCpp.LLAMA_LOAD_MODE_AUTO());
            assertThat(options.lazyTensors() == LazyTensors.AUTO)
                    .isEqualTo(llama_model_params.lazy_mode(params) == LlamaCpp.LLAMA_LAZY_MODE_AUTO());
            assertThat(options.checkTensors()).isEqualTo(llama_model_params.check_tensors(params));
            assertThat(options.vocabularyOnly()).isEqualTo(llama_model_params.vocab_only(params));
            assertThat(options.repackWeights()).isEqualTo(llama_model_params.use_extra_bufts(params));
            assertThat(options.hostBuffers()).isNotEqualTo(llama_model_params.no_host(params));
            assertThat(options.mtpLayers()).isEqualTo(llama_model_params.load_mtp(params));
        }
    }

    @ParameterizedTest
    @EnumSource(LoadMode.class)
    void loadsTheSameInEveryMode(LoadMode mode) {
        try (var model = Model.load(
                        Nano.file(), options -> options.loadMode(mode).lazyTensors(LazyTensors.ON));
                var plain = Model.load(Nano.file())) {
            assertThat(Logits.of(model)).isEqualTo(Logits.of(plain));
        }
    }

    @Test
    void takesAllThatConcernsGpusWithoutOne() {
        try (var model = Model.load(
                        Nano.file(),
                        options -> options.devices(List.of())
                                .gpuLayers(2)
                                .splitMode(SplitMode.NONE)
                                .mainGpu(0)
                                .tensorSplit(1, 2)
                                .hostBuffers(false)
                                .mtpLayers(true)
                                .checkTensors(true)
                                .placements(List.of(
                                        new TensorPlacement("^blk\\.[01]\\.", "CPU"),
                                        TensorPlacement.expertsOnCpu())));
                var plain = Model.load(Nano.file())) {
            assertThat(Logits.of(model)).isEqualTo(Logits.of(plain));
        }
    }

    @Test
    void refusesNumbersByName() {
        refused(o -> o.gpuLayers(-1), "gpuLayers is -1");
        refused(o -> o.mainGpu(16), "mainGpu is 16");
        refused(o -> o.tensorSplit(new float[17]), "tensorSplit has 17 numbers");
        refused(o -> o.tensorSplit(1, Float.NaN), "tensorSplit holds NaN");
        refused(o -> o.tensorSplit(-1), "tensorSplit holds -1.0");
        refused(o -> o.tensorSplit(0, 0), "tensorSplit is 0 for every GPU");
        refused(o -> o.placements(Collections.nCopies(4096, TensorPlacement.expertsOnCpu())), "placements has 4096");
        refused(o -> o.devices(Devices.list()), "devices names CPU, which is always used");
    }

    @Test
    void refusesPlacementsThatCannotBe() {
        refusedLoading(new TensorPlacement("(", "CPU"), "\"(\" is no regular expression to C++");
        refusedLoading(new TensorPlacement("[a", "CPU"), "\"[a\" is no regular expression to C++");
        refusedLoading(new TensorPlacement("x", "CUDA7"), "There is no buffer type CUDA7. Name one of CPU");
        assertThatIllegalArgumentException().isThrownBy(() -> new TensorPlacement("(".repeat(257), "CPU"));
        assertThatIllegalArgumentException().isThrownBy(() -> new TensorPlacement("", "CPU"));
        assertThatIllegalArgumentException().isThrownBy(() -> new TensorPlacement("a\0", "CPU"));
        assertThatIllegalArgumentException().isThrownBy(() -> TensorPlacement.expertsOnCpu(-1));
    }

    @Test
    void compilesTheDeepestPatternThatIsTaken() {
        var deepest = new TensorPlacement("(".repeat(128) + ")".repeat(128), "CPU");
        Model.load(Nano.file(), options -> options.placements(List.of(deepest))).close();
    }

    @Test
    void refusesADeviceThatIsNotThere() {
        var cpu = Devices.list().getFirst();
        var gone =
                new Device("CUDA9", "", DeviceType.GPU, "CUDA", cpu.id(), 0, 0, cpu.bufferType(), cpu.capabilities());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Model.load(Nano.file(), options -> options.devices(List.of(gone))))
                .withMessageContaining("There is no device CUDA9. Name one of [CPU");
        refused(o -> o.devices(List.of(gone, gone)), "devices names one twice");
    }

    @Test
    void saysThatTensorsCannotBeSharedWithoutAGpu() {
        assertThatThrownBy(() -> Model.load(Nano.file(), options -> options.splitMode(SplitMode.TENSOR)))
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining("LLAMA_SPLIT_MODE_TENSOR needs >= 1 devices");
    }

    private static void refused(UnaryOperator<ModelOptions> change, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> change.apply(ModelOptions.defaults()))
                .withMessageContaining(why);
    }

    private static void refusedLoading(TensorPlacement placement, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Model.load(Nano.file(), options -> options.placements(List.of(placement))))
                .withMessageContaining(why);
    }
}
