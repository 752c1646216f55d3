package dev.qwen4j.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledWhileUnpackingTest {
    @TempDir
    Path folder;

    @Test
    void theNextStartUnpacksAllAndCleansUp() throws IOException {
        var cache = new NativesCache(folder.resolve("cache"));
        try (var child = ChildJvm.of(HalfUnpack.class).cache(cache.folder()).start()) {
            child.awaitOutput(HalfUnpack.HALF);
            child.kill();
        }
        assertThat(cache.folder()).isNotEmptyDirectory();

        var child = ChildJvm.of(Answer.class)
                .unpacking()
                .cache(cache.folder())
                .run()
                .succeeded();
        assertThat(child.stdout()).contains("Paris");
        cache.requireClean();
    }
}
