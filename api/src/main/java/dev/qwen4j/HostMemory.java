package dev.qwen4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * How much memory this process can still get: what the system has free or can free at once, and no more than its control groups let it have.
 *
 * <p>Known on Linux only. File pages count as free: the kernel drops them when memory is asked for.
 */
final class HostMemory {
    /** Control groups without a limit show a number near 2^63. */
    private static final long NO_LIMIT = 1L << 60;

    private final Path root;

    /** The memory of a system whose {@code /proc} and {@code /sys} lie below a folder. */
    HostMemory(Path root) {
        this.root = root;
    }

    /** That of this one. */
    HostMemory() {
        this(Path.of("/"));
    }

    /** Bytes that can be had; empty where the system does not say. */
    OptionalLong available() {
        return Stream.of(system(), group("0::", "sys/fs/cgroup", true), group("memory:", "sys/fs/cgroup/memory", false))
                .flatMap(bytes -> bytes.stream().boxed())
                .mapToLong(bytes -> bytes)
                .min();
    }

    private OptionalLong system() {
        return number(root.resolve("proc/meminfo"), "MemAvailable:").stream()
                .map(kilobytes -> kilobytes * 1024)
                .findFirst();
    }

    /** The least that a control group and those above it leave. In a container the path is often that of the host, and only the mount point exists. */
    private OptionalLong group(String mark, String mount, boolean unified) {
        var top = root.resolve(mount);
        var folder = lines(root.resolve("proc/self/cgroup"))
                .filter(line -> line.contains(mark))
                .map(line -> line.substring(line.indexOf(mark) + mark.length()))
                .map(path -> top.resolve(path.replaceFirst("^/+", "")).normalize())
                .filter(path -> path.startsWith(top) && Files.isDirectory(path))
                .findFirst()
                .orElse(top);
        var least = OptionalLong.empty();
        for (var at = folder; at != null && at.startsWith(top); at = at.getParent()) {
            var left = unified
                    ? left(at, "memory.max", "memory.current", "")
                    : left(at, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_");
            if (left.isPresent() && (least.isEmpty() || left.getAsLong() < least.getAsLong())) {
                least = left;
            }
        }
        return least;
    }

    private static OptionalLong left(Path group, String limitFile, String usageFile, String prefix) {
        var limit = number(group.resolve(limitFile), "");
        var usage = number(group.resolve(usageFile), "");
        if (limit.isEmpty() || usage.isEmpty() || limit.getAsLong() >= NO_LIMIT) {
            return OptionalLong.empty();
        }
        var statistics = group.resolve("memory.stat");
        long droppable = number(statistics, prefix + "inactive_file ").orElse(0)
                + number(statistics, prefix + "active_file ").orElse(0);
        return OptionalLong.of(Math.max(0, limit.getAsLong() - usage.getAsLong() + droppable));
    }

    /** The number behind a word that a line begins with. */
    private static OptionalLong number(Path file, String word) {
        return lines(file)
                .filter(line -> line.startsWith(word))
                .map(line -> line.substring(word.length()).strip().split(" ", 2)[0])
                .filter(text -> text.matches("\\d{1,18}|9[0-2]\\d{17}"))
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readString(file).lines();
        } catch (IOException e) {
            return Stream.empty();
        }
    }
}
