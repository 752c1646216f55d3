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

class HostileBackendTest {
    @TempDir
    Path folder;

    private Path mark;
    private Path backend;

    @BeforeEach
    void plant() throws IOException {
        mark = folder.resolve("opened");
        backend = CompiledLibrary.hostile(folder.resolve("libggml-cpu-x.so"), mark);
    }

    @Test
    void opensNothingInTheWorkingDirectory() throws IOException {
        var names = List.of("libggml-cpu.so", "libggml-cuda.so", "libqwen4j.so", NativeBuild.library("llama"));
        for (var name : names) {
            Files.copy(backend, folder.resolve(name));
        }
        var child = ChildJvm.of(Answer.class).in(folder).run().succeeded();
        assertThat(child.stdout()).contains("Paris");
        assertThat(mark).doesNotExist();
    }

    @Test
    void ignoresTheEnvironmentsBackendPath() {
        var child = ChildJvm.of(Answer.class)
                .env("GGML_BACKEND_PATH", backend.toString())
                .run()
                .succeeded();
        assertThat(child.stdout()).contains("Paris");
        assertThat(mark).doesNotExist();
    }

    @Test
    void opensTheEnvironmentsBackendPathIfAllowed() {
        var child = ChildJvm.of(Answer.class)
                .env("GGML_BACKEND_PATH", backend.toString())
                .jvm("-Dqwen4j.backend.path.allowed=true")
                .run()
                .succeeded();
        assertThat(child.stdout()).contains("Paris");
        assertThat(mark).exists();
    }
}
