package dev.qwen4j.faults;

import dev.qwen4j.child.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fails while it is made leaves nothing behind. */
class ConstructionTest {
    @Test
    void freesAllWhenAnyCallInJavaThrows() {
        var result = ChildJvm.of(FaultsMain.class)
                .timeout(Duration.ofMinutes(5))
                .run()
                .succeeded();
        System.out.print(result.stdout());
    }

    @Test
    void freesAllWhenNativeCodeHasNoMemoryOrThreadsLeft(@TempDir Path folder) throws IOException {
        var preloaded = FaultyAllocation.compile(folder.resolve("libfaults.so"));
        var result = ChildJvm.of(NativeFaultsMain.class)
                .env("LD_PRELOAD", preloaded.toString())
                .args(preloaded)
                .timeout(Duration.ofMinutes(5))
                .run()
                .succeeded();
        System.out.print(result.stdout());
    }
}
