package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDelayTest {
    @TempDir
    private Path thread;

    @Test
    void readsTheTimeThatAThreadHasWaited() throws IOException {
        var file = thread.resolve("schedstat");
        Files.writeString(file, "84532 2820224 2\n");
        try (var delay = RunDelay.of(thread)) {
            assertThat(delay.nanos()).isEqualTo(2_820_224);
            Files.writeString(file, "84532 18446744073 3\n");
            assertThat(delay.nanos()).isEqualTo(18_446_744_073L);
        }
    }

    @Test
    void isZeroWhereNothingIsCounted() throws IOException {
        try (var missing = RunDelay.of(thread)) {
            assertThat(missing.nanos()).isZero();
        }
        Files.writeString(thread.resolve("schedstat"), "");
        try (var empty = RunDelay.of(thread)) {
            assertThat(empty.nanos()).isZero();
        }
    }

    @Test
    void isZeroOnceItIsClosed() throws IOException {
        Files.writeString(thread.resolve("schedstat"), "1 2 3\n");
        var delay = RunDelay.of(thread);
        delay.close();
        delay.close();
        assertThat(delay.nanos()).isZero();
    }

    @Test
    void ofThisThreadNeverGoesDown() {
        try (var delay = RunDelay.ofThisThread()) {
            long before = delay.nanos();
            assertThat(delay.nanos()).isGreaterThanOrEqualTo(before);
        }
    }
}
