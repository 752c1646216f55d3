package dev.qwen4j.loader;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.TestPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnableJarTest {
    @TempDir
    Path folder;

    @Test
    void answersFromAnotherWorkingDirectoryAndLeavesNothingThere() throws IOException {
        var elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        program(folder.resolve("answer.jar"));
        var child = ChildJvm.ofJar(Path.of("..", "answer.jar"))
                .in(elsewhere)
                .unpacking()
                .cache(folder.resolve("cache"))
                .run()
                .succeeded();
        assertThat(child.stdout()).contains("Paris");
        assertThat(elsewhere).isEmptyDirectory();
    }

    /** As applications are packaged: a manifest with the main class, the class path, and the permission to call native code. */
    private static void program(Path jar) throws IOException {
        var manifest = new Manifest();
        var attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, Answer.class.getName());
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        attributes.put(
                Attributes.Name.CLASS_PATH,
                TestPaths.libraries().stream()
                        .map(path -> path.toUri().toString())
                        .collect(joining(" ")));
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            var name = Answer.class.getName().replace('.', '/') + ".class";
            out.putNextEntry(new JarEntry(name));
            Files.copy(TestPaths.tests().resolve(name), out);
        }
    }
}
