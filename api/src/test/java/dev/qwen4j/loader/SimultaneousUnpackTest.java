package dev.qwen4j.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.RunningChild;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimultaneousUnpackTest {
    private static final int PROCESSES = 20;

    @TempDir
    Path folder;

    @Test
    void allAnswer() throws IOException {
        var cache = new NativesCache(folder.resolve("cache"));
        var children = new ArrayList<RunningChild>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                children.add(ChildJvm.of(AnswerWhenTold.class)
                        .unpacking()
                        .cache(cache.folder())
                        .timeout(Duration.ofMinutes(3))
                        .start());
            }
            children.forEach(child -> child.awaitOutput(AnswerWhenTold.READY));
            children.forEach(child -> child.writeLine("go"));
            for (var child : children) {
                var result = child.await().succeeded();
                assertThat(result.stdout()).contains("Paris");
                assertThat(result.stderr()).doesNotContain("unpacked");
            }
        } finally {
            children.forEach(RunningChild::close);
        }
        cache.requireClean();
    }
}
