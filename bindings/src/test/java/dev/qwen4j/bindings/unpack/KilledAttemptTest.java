package dev.qwen4j.bindings.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class KilledAttemptTest {
    @TempDir
    Path folder;

    private Place place;

    @BeforeEach
    void place() throws IOException {
        place = Place.in(folder);
    }

    @Test
    void cleansUpAfterAKilledOne() throws Exception {
        try (var other = SlowUnpacking.half(place)) {
            other.kill();
        }
        assertThat(place.cached()).hasSize(2).allMatch(name -> name.startsWith(".attempt-"));

        var unpacked = place.unpack(SlowUnpacking.jar()).folder();
        assertThat(unpacked.resolve("libb.so")).hasContent("second library");
        assertThat(place.cached()).containsExactly(unpacked.getFileName().toString());
    }

    @Test
    void leavesALivingOneAlone() throws IOException {
        try (var other = SlowUnpacking.half(place)) {
            var unpacked = place.unpack(SlowUnpacking.jar()).folder();
            assertThat(unpacked.resolve("libb.so")).hasContent("second library");
            assertThat(place.cached()).hasSize(3);

            assertThat(other.goOn()).isEqualTo(unpacked);
            assertThat(place.cached()).containsExactly(unpacked.getFileName().toString());
        }
    }

    @Test
    void leavesAttemptsOfThisProcessAlone() throws IOException {
        Files.createDirectory(place.cache(), Ownership.newFolder(place.cache()));
        try (var running = Attempt.begin(place.cache())) {
            var folder = running.folder();
            place.unpack(SlowUnpacking.jar());
            assertThat(folder).exists();
        }
        assertThat(place.cached()).hasSize(1);
    }
}
