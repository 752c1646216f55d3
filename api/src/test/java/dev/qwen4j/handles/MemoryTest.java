package dev.qwen4j.handles;

import dev.qwen4j.child.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand models are no more than one, once they are closed. */
class MemoryTest {
    @Test
    void neitherGrowsByClosedModelsNorByFailedLoads(@TempDir Path folder) {
        var result = ChildJvm.of(MemoryMain.class)
                .args(folder)
                // The heap's pages are all there from the beginning: what grows is not Java's garbage.
                .jvm("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC")
                // All is compiled before it first runs. Later compilations would take some 20 MiB for a moment, which
                // glibc keeps (native memory tracking: Arena Chunk).
                .jvm("-Xcomp", "-XX:TieredStopAtLevel=1")
                // As glibc begins; it would raise it, and keep freed buffers in a heap whose fragments differ from run
                // to run.
                .env("MALLOC_MMAP_THRESHOLD_", "131072")
                .env("MALLOC_ARENA_MAX", "1")
                .timeout(Duration.ofMinutes(5))
                .run()
                .succeeded();
        System.out.print(result.stdout());
    }
}
