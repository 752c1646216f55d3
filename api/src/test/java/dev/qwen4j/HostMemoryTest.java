package dev.qwen4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory as Linux tells of it, below a folder instead of the root. */
class HostMemoryTest {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path root;

    @BeforeEach
    void writeMeminfo() throws IOException {
        write("proc/meminfo", "MemTotal:       16000000 kB\nMemFree: 1 kB\nMemAvailable:    8388608 kB\n");
    }

    @Test
    void isWhatTheSystemHasAvailable() {
        assertThat(available()).isEqualTo(8192 * MIB);
    }

    @Test
    void isWhatAControlGroupLeavesWithItsFilePagesDropped() throws IOException {
        write("proc/self/cgroup", "0::/user.slice/app\n");
        write("sys/fs/cgroup/user.slice/app/memory.max", 1000 * MIB + "\n");
        write("sys/fs/cgroup/user.slice/app/memory.current", 900 * MIB + "\n");
        write(
                "sys/fs/cgroup/user.slice/app/memory.stat",
                "anon 5\ninactive_file " + 300 * MIB + "\nactive_file " + 50 * MIB + "\n");

        assertThat(available()).isEqualTo(450 * MIB);
    }

    @Test
    void isTheLeastThatAnyGroupAboveLeaves() throws IOException {
        write("proc/self/cgroup", "0::/user.slice/app\n");
        write("sys/fs/cgroup/user.slice/app/memory.max", "max\n");
        write("sys/fs/cgroup/user.slice/app/memory.current", "7\n");
        write("sys/fs/cgroup/user.slice/memory.max", 100 * MIB + "\n");
        write("sys/fs/cgroup/user.slice/memory.current", 40 * MIB + "\n");

        assertThat(available()).isEqualTo(60 * MIB);
    }

    @Test
    void isTheMountsOwnWhereAContainerShowsThePathOfItsHost() throws IOException {
        write("proc/self/cgroup", "0::/system.slice/docker-abc.scope\n");
        write("sys/fs/cgroup/memory.max", 512 * MIB + "\n");
        write("sys/fs/cgroup/memory.current", 12 * MIB + "\n");

        assertThat(available()).isEqualTo(500 * MIB);
    }

    @Test
    void knowsTheFirstVersionOfControlGroups() throws IOException {
        write("proc/self/cgroup", "9:name=systemd:/\n4:memory:/process\n0::/\n");
        write("sys/fs/cgroup/memory/process/memory.limit_in_bytes", 256 * MIB + "\n");
        write("sys/fs/cgroup/memory/process/memory.usage_in_bytes", 200 * MIB + "\n");
        write("sys/fs/cgroup/memory/process/memory.stat", "inactive_file 1\ntotal_inactive_file " + 40 * MIB + "\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1\n");

        assertThat(available()).isEqualTo(96 * MIB);
    }

    @Test
    void isNothingWhereTheGroupIsOverItsLimit() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/memory.max", "10\n");
        write("sys/fs/cgroup/memory.current", "11\n");

        assertThat(available()).isZero();
    }

    @Test
    void isUnknownWhereNothingIsTold() throws IOException {
        Files.delete(root.resolve("proc/meminfo"));

        assertThat(new HostMemory(root).available()).isEmpty();
    }

    private long available() {
        return new HostMemory(root).available().orElseThrow();
    }

    private void write(String file, String text) throws IOException {
        var path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
