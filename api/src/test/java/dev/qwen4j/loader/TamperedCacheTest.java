package dev.qwen4j.loader;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.ChildResult;
import dev.qwen4j.child.CompiledLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TamperedCacheTest {
    @TempDir
    Path folder;

    @Test
    void isMendedAndWhatWasPutThereIsNeverLoaded() throws IOException {
        var cache = new NativesCache(folder.resolve("cache"));
        answer(cache);
        var mark = folder.resolve("loaded");
        var hostile = CompiledLibrary.hostile(folder.resolve("hostile.so"), mark);
        var replaced = cache.libraries().resolve(NativeBuild.library("ggml-base"));
        Files.copy(hostile, replaced, REPLACE_EXISTING);
        Files.copy(hostile, cache.libraries().resolve("libggml-cpu-x.so"));

        assertThat(answer(cache).stderr()).contains(replaced + " is not what Qwen4j unpacked there; it is replaced.");
        assertThat(mark).doesNotExist();
        cache.requireClean();
    }

    private static ChildResult answer(NativesCache cache) {
        var child = ChildJvm.of(Answer.class)
                .unpacking()
                .cache(cache.folder())
                .run()
                .succeeded();
        assertThat(child.stdout()).contains("Paris");
        return child;
    }
}
