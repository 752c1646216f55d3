package dev.qwen4j.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.CompiledLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another llama.cpp in the same process. */
class DecoyLibraryTest {
    @TempDir
    Path folder;

    private Path llama;
    private Path ggml;
    private Path base;

    @BeforeEach
    void compile() throws IOException {
        llama = CompiledLibrary.decoy(
                folder.resolve("libllama.so.0"),
                List.of(
                        "llama_backend_init",
                        "llama_model_load_from_file",
                        "llama_model_default_params",
                        "llama_init_from_model",
                        "llama_log_set",
                        "llama_tokenize",
                        "llama_decode",
                        "llama_sampler_sample"));
        ggml = CompiledLibrary.decoy(
                folder.resolve("libggml.so.0"),
                List.of("ggml_backend_load", "ggml_backend_dev_by_type", "ggml_backend_reg_count"));
        base = CompiledLibrary.decoy(
                folder.resolve("libggml-base.so.0"),
                List.of("ggml_init", "ggml_log_set", "ggml_type_size", "ggml_mul_mat", "gguf_init_from_file"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "global", "global-later"})
    void changesNothing(String how) {
        var child = ChildJvm.of(AnswerAfterLoading.class)
                .args(how, base, ggml, llama)
                .run();
        assertThat(child.succeeded().stdout()).contains("Paris");
    }

    @Test
    void changesNothingForBackendModules() throws IOException {
        var libraries = NativeBuild.copyTo(Files.createDirectory(folder.resolve("libraries")));
        var scored = folder.resolve("scored");
        CompiledLibrary.probe(
                libraries.resolve("libggml-probe.so"), libraries.resolve(NativeBuild.library("ggml-base")), scored);
        var child = ChildJvm.of(AnswerAfterLoading.class)
                .libraryFolder(libraries)
                .args("global", base, ggml, llama)
                .run();
        assertThat(child.succeeded().stdout()).contains("Paris");
        assertThat(scored).exists();
    }
}
