package dev.qwen4j.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two minutes of random operations; {@code make soak} goes on for longer, with another seed. */
class SoakTest {
    private static final long SECONDS = Long.getLong("qwen4j.soak.seconds", 120);
    private static final long SEED = Long.getLong("qwen4j.soak.seed", 20260125);

    @Test
    void answersAsIfEachWereAlone(@TempDir Path folder) throws Exception {
        Soak.run(Duration.ofSeconds(SECONDS), SEED, List.of(), folder);
    }
}
