package dev.qwen4j.bindings.unpack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnpackerTest {
    @TempDir
    Path folder;

    private Place place;
    private final Jar jar = Jar.of("liba.so", "first library", "libb.so", "second library");

    @BeforeEach
    void place() throws IOException {
        place = Place.in(folder);
    }

    @Test
    void unpacksOnceAndReusesTheFolder() throws IOException {
        var first = place.unpack(jar);
        assertThat(first.folder()).hasParent(place.cache());
        assertThat(first.folder().resolve("liba.so")).hasContent("first library");
        assertThat(first.refused()).isEmpty();
        assertThat(jar.unpackedFiles()).containsExactly("liba.so", "libb.so");

        assertThat(place.unpack(jar)).isEqualTo(first);
        assertThat(jar.unpackedFiles()).isEmpty();
    }

    @Test
    void keepsOtherContentInAnotherFolder() throws IOException {
        var first = place.unpack(jar);
        var other = place.unpack(Jar.of("liba.so", "first library", "libb.so", "newer library"));
        assertThat(other.folder()).isNotEqualTo(first.folder());
        assertThat(first.folder().resolve("libb.so")).hasContent("second library");
    }

    @Test
    void makesFoldersAndFilesForThisUserAlone() throws IOException {
        var unpacked = place.unpack(jar).folder();
        assertThat(Place.permissions(place.cache())).isEqualTo("rwx------");
        assertThat(Place.permissions(unpacked)).isEqualTo("rwx------");
        assertThat(Place.permissions(unpacked.resolve("liba.so"))).isEqualTo("rw-------");
    }

    @Test
    void leavesNothingBesideTheFolder() throws IOException {
        var unpacked = place.unpack(jar).folder();
        assertThat(place.cached()).containsExactly(unpacked.getFileName().toString());
        assertThat(Place.names(place.temporary())).isEmpty();
    }

    interface Damage {
        void to(Path file) throws IOException;
    }

    static Stream<Named<Damage>> damages() {
        return Stream.of(
                Named.of("other bytes", file -> Files.writeString(file, "first librarx")),
                Named.of("truncated", file -> Files.writeString(file, "first")),
                Named.of("longer", file -> Files.writeString(file, "first library and more")),
                Named.of("empty", file -> Files.writeString(file, "")),
                Named.of("deleted", Files::delete),
                Named.of("writable by others", file -> Place.permit(file, "rw-rw-rw-")),
                Named.of("a link to the right bytes", file -> {
                    var elsewhere = file.getParent().getParent().resolve("elsewhere");
                    Files.move(file, elsewhere);
                    Files.createSymbolicLink(file, elsewhere);
                }));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void replacesAFileThatIs(Damage damage) throws IOException {
        var unpacked = place.unpack(jar);
        damage.to(unpacked.folder().resolve("liba.so"));
        jar.unpackedFiles();

        assertThat(place.unpack(jar)).isEqualTo(unpacked);
        assertThat(unpacked.folder().resolve("liba.so")).isRegularFile().hasContent("first library");
        assertThat(Files.isSymbolicLink(unpacked.folder().resolve("liba.so"))).isFalse();
        assertThat(Place.permissions(unpacked.folder().resolve("liba.so"))).isEqualTo("rw-------");
        assertThat(jar.unpackedFiles()).isSubsetOf("liba.so");
    }

    @Test
    void deletesALibraryThatNobodyListed() throws IOException {
        var unpacked = place.unpack(jar).folder();
        Files.writeString(unpacked.resolve("libggml-cpu-x.so"), "hostile");
        place.unpack(jar);
        assertThat(Place.names(unpacked)).containsExactly("liba.so", "libb.so");
    }

    @Test
    void usesATemporaryFolderIfAFileCannotBeReplaced() throws IOException {
        var damaged = place.unpack(jar).folder();
        Files.delete(damaged.resolve("liba.so"));
        Files.createDirectories(damaged.resolve("liba.so").resolve("not empty"));

        var unpacked = place.unpack(jar);
        assertThat(unpacked.folder()).hasParent(place.temporary());
        assertThat(unpacked.folder().resolve("liba.so")).hasContent("first library");
    }

    @Test
    void manyThreadsGetTheSameVerifiedFolder() throws Exception {
        int threads = 20;
        var barrier = new CyclicBarrier(threads);
        var folders = new HashSet<Path>();
        try (var executor = Executors.newFixedThreadPool(threads)) {
            var futures = IntStream.range(0, threads)
                    .mapToObj(i -> executor.submit(() -> {
                        barrier.await();
                        return place.unpack(jar);
                    }))
                    .toList();
            for (Future<Unpacked> future : futures) {
                folders.add(future.get().folder());
            }
        }
        assertThat(folders).singleElement().satisfies(unpacked -> {
            assertThat(unpacked.resolve("liba.so")).hasContent("first library");
            assertThat(place.cached()).containsExactly(unpacked.getFileName().toString());
        });
    }

    @Test
    void worksInAnInterruptedThreadAndLeavesItInterrupted() throws IOException {
        Thread.currentThread().interrupt();
        var unpacked = place.unpack(jar);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(unpacked.folder()).hasParent(place.cache());
    }
}
