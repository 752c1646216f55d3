package dev.qwen4j.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.CompiledLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the cache cannot be used, a temporary folder is, for as long as the process lives. */
class RefusedCacheTest {
    private static final int SOMEBODY = 12345;

    @TempDir
    Path folder;

    private Path temporary;

    @BeforeEach
    void makeTemporary() throws IOException {
        temporary = Files.createDirectory(folder.resolve("temporary"));
    }

    @Test
    void becauseItBelongsToAnotherUser() throws IOException {
        var mark = folder.resolve("loaded");
        // Only root can give a folder away; everybody else meets one of root's.
        var cache = isRoot() ? hostileCache(mark) : Path.of("/usr");
        answersFromTemporary(ChildJvm.of(Answer.class).cache(cache), cache);
        assertThat(mark).doesNotExist();
    }

    /** As somebody would prepare it who knows which version will be started. */
    private Path hostileCache(Path mark) throws IOException {
        var cache = Files.createDirectory(folder.resolve("cache"));
        var libraries = Files.createDirectory(cache.resolve(NativeBuild.cacheName()));
        NativeBuild.copyTo(libraries);
        CompiledLibrary.hostile(libraries.resolve("libqwen4j.so"), mark);
        try (var all = Files.walk(cache)) {
            for (var path : all.toList()) {
                Files.setAttribute(path, "unix:uid", SOMEBODY);
            }
        }
        return cache;
    }

    @Test
    void becauseHomeIsReadOnly() throws IOException {
        var home = Files.createDirectory(folder.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("r-xr-xr-x"));
        var child = ChildJvm.of(Answer.class).cacheAtHome().env("HOME", home.toString());
        if (isRoot()) {
            // Root may write anywhere, unless it gives that up.
            child.under("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--");
        }
        answersFromTemporary(child, home);
        assertThat(home).isEmptyDirectory();
    }

    private void answersFromTemporary(ChildJvm jvm, Path refused) {
        var child = jvm.unpacking().jvm("-Djava.io.tmpdir=" + temporary).run().succeeded();
        assertThat(child.stdout()).contains("Paris");
        assertThat(child.stderr())
                .contains("The cache cannot be used (" + refused)
                .contains("is unpacked to " + temporary);
        assertThat(temporary).isEmptyDirectory();
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }
}
