package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulingPolicyTest {
    @TempDir
    private Path folder;

    private SchedulingPolicy of(String stat) throws IOException {
        return SchedulingPolicy.of(Files.writeString(folder.resolve("stat"), stat));
    }

    @Test
    void isReadBehindANameThatHoldsAnything() throws IOException {
        // State, 37 numbers, the policy.
        var fields = "S" + " 7".repeat(37) + " %d 0 0 0%n";
        assertThat(of("7 (a b) c) " + fields.formatted(1))).isEqualTo(new SchedulingPolicy(1));
        assertThat(of("7 (a b) c) " + fields.formatted(1)).isOrdinary()).isFalse();
        assertThat(of("7 (java) " + fields.formatted(0)).isOrdinary()).isTrue();
    }

    @Test
    void isUnknownWhereNothingSaysIt() throws IOException {
        assertThat(of("")).isEqualTo(new SchedulingPolicy(-1));
        assertThat(of("7 (java) S 1 2")).isEqualTo(new SchedulingPolicy(-1));
        assertThat(SchedulingPolicy.of(folder.resolve("none")).isOrdinary()).isFalse();
    }
}
