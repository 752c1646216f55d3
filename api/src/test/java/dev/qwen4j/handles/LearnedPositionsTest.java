package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own, which ends where this fails. */
class LearnedPositionsTest {
    @TempDir
    private Path folder;

    @Test
    void neverDecodesBeyondThem() {
        var result = ChildJvm.of(LearnedPositionsMain.class).args(folder).run().succeeded();

        assertThat(result.stdout())
                .contains("length is 41, but the model (gpt2) has no positions beyond 40")
                .contains("length 40")
                .contains("4 tokens do not fit: the context holds 40 of at most 40 already")
                .containsPattern("ASSERTION Could not tokenise .*Tokenizer not initialized")
                .containsPattern("ASSERTION Could not look token 1 up: .*LLAMA_VOCAB_TYPE_NONE");
    }
}
