package dev.qwen4j.grammar;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.LlamaCppSource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GrammarFuzzTest {
    private static final long SEED = 20260108;
    private static final int MUTATIONS = 120;

    @Test
    void takesAndRefusesWhatLlamaCppDoes() throws IOException {
        try (var files = Files.list(LlamaCppSource.path("grammars"))) {
            var grammars = files.filter(file -> file.toString().endsWith(".gbnf"))
                    .sorted()
                    .toArray();
            var result = ChildJvm.of(GrammarFuzzMain.class)
                    .args(SEED, MUTATIONS)
                    .args(grammars)
                    .timeout(Duration.ofMinutes(3))
                    .run()
                    .succeeded();
            System.out.print(result.stdout());
        }
    }
}
