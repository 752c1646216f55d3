package dev.qwen4j.nano;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.bindings.unpack.Unpacker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NanoTest {
    @TempDir
    static Path cache;

    @BeforeAll
    static void unpackIntoAFolderOfThisTest() {
        System.setProperty(Unpacker.CACHE_PROPERTY, cache.toString());
    }

    @AfterAll
    static void unpackWhereEverybodyDoes() {
        System.clearProperty(Unpacker.CACHE_PROPERTY);
    }

    @Test
    void isTheFileWhoseDigestTheReadmeStates() throws Exception {
        var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(Nano.file()));

        assertThat(Path.of("README.md")).content().contains(HexFormat.of().formatHex(digest));
    }

    @Test
    void liesInTheCache() throws Exception {
        assertThat(Nano.file())
                .isAbsolute()
                .startsWith(cache.toRealPath())
                .hasFileName("qwen3-nano-q8_0.gguf")
                .isReadable();
    }

    @Test
    void isTheSameFileForEveryThread() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Path> file = Nano::file;
            var found = new HashSet<Path>();
            for (var each : threads.invokeAll(Collections.nCopies(32, file))) {
                found.add(each.get());
            }
            assertThat(found).containsExactly(Nano.file());
        }
    }

    @Test
    void comesBackAfterItWasDeleted() throws Exception {
        var before = Nano.file();
        var size = Files.size(before);

        Files.delete(before);

        assertThat(Nano.file()).isEqualTo(before).hasSize(size);
    }
}
