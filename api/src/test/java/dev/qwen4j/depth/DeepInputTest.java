package dev.qwen4j.depth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.LlamaCppSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Native code recurses on long and on nested input; the JVM lives. */
class DeepInputTest {
    private static final String TEXT_LENGTH = "20000";

    @Test
    void longTextsAndNestedTemplatesAndRepliesDoNotOverflowTheStack() throws IOException {
        var arguments = Stream.concat(Stream.of(TEXT_LENGTH), vocabularies()).toArray();
        assertThat(arguments).hasSizeGreaterThan(15);
        var result = ChildJvm.of(DeepInputs.class)
                .args(arguments)
                .timeout(Duration.ofMinutes(5))
                .run();
        assertThat(result.succeeded().stdout()).contains("survived");
        System.out.printf("[depth] texts of %s bytes through %d vocabularies%n", TEXT_LENGTH, arguments.length - 1);
    }

    /** llama.cpp's own vocabulary files, beside its sources. */
    private static Stream<String> vocabularies() throws IOException {
        try (var files = Files.list(LlamaCppSource.path("models"))) {
            return files.map(Path::toString).filter(name -> name.endsWith(".gguf")).sorted().toList().stream();
        }
    }
}
