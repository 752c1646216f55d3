package dev.qwen4j.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissingDependencyTest {
    @TempDir
    Path folder;

    @Test
    void namesTheDependencyAndTheLibraryThatWantsIt() throws IOException {
        var library = NativeBuild.copyTo(folder).resolve("libqwen4j.so");
        var dependency = NativeBuild.library("llama");
        Files.delete(folder.resolve(dependency));

        var child = ChildJvm.of(Answer.class).libraryFolder(folder).run();
        assertThat(child.exitCode()).isEqualTo(1);
        assertThat(child.stderr())
                .contains("NativeLibraryException: Qwen4j cannot load its native library. Tried:\n  " + library + ": "
                        + dependency + ": cannot open shared object file: No such file or directory\n"
                        + "The folder was named by -Dqwen4j.library.path. It must hold libqwen4j.so and every library that"
                        + " was built with it, for linux-x86_64; without the property, the natives jar is used.\n");
    }

    @Test
    void namesAFolderWithoutLibraries() {
        var child = ChildJvm.of(Answer.class).libraryFolder(folder).run();
        assertThat(child.exitCode()).isEqualTo(1);
        assertThat(child.stderr())
                .contains("Tried:\n  " + folder.resolve("libqwen4j.so") + ": there is no such file\n");
    }
}
