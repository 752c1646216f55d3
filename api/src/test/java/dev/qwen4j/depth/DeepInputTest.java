package dev.qwen4j.depth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.LlamaCppSource;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Native code recurses on long and on nested input; the JVM lives. */
class DeepInputTest {
    private static final String TEXT_LENGTH = "20000";

    @Test
    void longTextsAndNestedTemplatesAndRepliesDoNotOverflowTheStack() {
        var arguments = Stream.concat(Stream.of(TEXT_LENGTH), LlamaCppSource.vocabularies().stream())
                .toArray();
        assertThat(arguments).hasSizeGreaterThan(15);
        var result = ChildJvm.of(DeepInputs.class)
                .args(arguments)
                .timeout(Duration.ofMinutes(5))
                .run();
        assertThat(result.succeeded().stdout()).contains("survived");
        System.out.printf("[depth] texts of %s bytes through %d vocabularies%n", TEXT_LENGTH, arguments.length - 1);
    }
}
