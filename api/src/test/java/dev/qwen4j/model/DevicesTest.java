package dev.qwen4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.qwen4j.Device;
import dev.qwen4j.DeviceType;
import dev.qwen4j.Devices;
import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.ChildResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesTest {
    @TempDir
    private Path folder;

    @Test
    void listsTheProcessorWithItsMemory() {
        assertThat(Devices.list())
                .filteredOn(device -> device.type() == DeviceType.CPU)
                .singleElement()
                .satisfies(cpu -> {
                    assertThat(cpu.name()).isEqualTo("CPU");
                    assertThat(cpu.backend()).isEqualTo("CPU");
                    assertThat(cpu.description()).isNotBlank();
                    assertThat(cpu.bufferType()).contains("CPU");
                    assertThat(cpu.totalMemory()).isBetween(1L << 28, 1L << 50);
                    assertThat(cpu.capabilities()).isEqualTo(new Device.Capabilities(false, false, true, false, true));
                });
    }

    @Test
    void tellsTheFeaturesThatLlamaCppPrints() {
        assertThat(Devices.cpuFeatures()).isNotEmpty();
        Devices.cpuFeatures()
                .forEach((name, value) -> assertThat(Devices.systemInfo()).contains(name + " = " + value));
        assertThat(Devices.features("CPU")).isEqualTo(Devices.cpuFeatures());
        assertThat(Devices.features("no such backend")).isEmpty();
    }

    @Test
    void tellsWhatTheSystemCanDo() {
        assertThat(Devices.supportsMapping()).isTrue();
        assertThat(Devices.supportsLocking()).isTrue();
        assertThat(Devices.supportsGpu())
                .isEqualTo(Devices.list().stream().anyMatch(device -> device.type() == DeviceType.GPU));
        assertThatCode(Devices::supportsRpc).doesNotThrowAnyException();
    }

    @Test
    void tellsHowMuchMemoryThereIs() {
        assertThat(Devices.availableMemory().orElseThrow())
                .isPositive()
                .isLessThanOrEqualTo(Devices.list().getFirst().totalMemory());
    }

    @Test
    void tellsWhyABackendIsNotUsedAndListensOnceAboutNuma() throws IOException {
        var libraries = folder.resolve("lib");
        Files.createDirectory(libraries);
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("qwen4j.native.dir")))) {
            for (var file : files.toList()) {
                Files.createSymbolicLink(libraries.resolve(file.getFileName()), file);
            }
        }
        var broken = Files.writeString(libraries.resolve("libggml-broken.so"), "no library");

        ChildResult result =
                ChildJvm.of(DevicesMain.class).libraryFolder(libraries).run().succeeded();

        assertThat(result.stdout())
                .contains("rejected " + broken + ": ", "too short")
                .contains("numa true", "numa false");
        assertThat(result.stderr()).doesNotContain("NUMA already initialized");
    }
}
