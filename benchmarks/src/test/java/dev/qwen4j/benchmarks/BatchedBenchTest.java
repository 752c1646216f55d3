package dev.qwen4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class BatchedBenchTest {
    /** As llama.cpp 0.5.0 printed it. */
    private static final String OUTPUT = """
            {"n_kv_max": 2048, "n_batch": 2048, "n_ubatch": 512, "flash_attn": -1, "is_pp_shared": 0, "n_gpu_layers": -1, "n_threads": 2, \
            "n_threads_batch": 2, "pp": 32, "tg": 16, "pl": 8, "n_kv": 384, "t_pp": 0.518626, "speed_pp": 493.612000, "t_tg": 0.420705, \
            "speed_tg": 304.251190, "t": 0.939331, "speed": 408.801605}

            """;

    @Test
    void readsTheRatesOfPromptsAndOfGeneration() {
        assertThat(BatchedBench.parse(OUTPUT)).isEqualTo(new BatchedBench.Rates(493.612, 304.25119));
    }

    /** It leaves out a shape that does not fit, and ends as if all were well. */
    @Test
    void saysThatThereAreNoFigures() {
        assertThatIllegalStateException()
                .isThrownBy(() -> BatchedBench.parse("\nllama_perf\n"))
                .withMessageContaining("no figures")
                .withMessageContaining("llama_perf");
    }
}
