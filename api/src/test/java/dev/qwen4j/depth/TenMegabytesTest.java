package dev.qwen4j.depth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.LlamaCppSource;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Long texts of one character, through all of llama.cpp's vocabularies, from threads with small stacks. */
class TenMegabytesTest {
    private static final String LENGTH = "10000000";

    @Test
    void oneLetterSpacesAndDigitsAreEncodedFromDefaultAndVirtualThreads() {
        var files = LlamaCppSource.vocabularies();
        var result = ChildJvm.of(TenMegabytes.class)
                .jvm("-Xss512k")
                .args(Stream.concat(Stream.of(LENGTH), files.stream()).toArray())
                .timeout(Duration.ofMinutes(30))
                .run();
        var lines = result.succeeded()
                .stdout()
                .lines()
                .filter(line -> line.startsWith("ggml-vocab"))
                .toList();
        lines.forEach(line -> System.out.println("[depth] " + line));
        assertThat(lines).hasSize(3 * files.size());
        assertThat(lines).filteredOn(line -> line.contains(" virtual ")).hasSizeGreaterThan(files.size());
    }
}
