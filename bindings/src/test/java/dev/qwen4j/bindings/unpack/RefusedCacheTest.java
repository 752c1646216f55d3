package dev.qwen4j.bindings.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedCacheTest {
    private static final int SOMEBODY = 12345;

    @TempDir
    Path folder;

    private Place place;
    private Jar jar;

    @BeforeEach
    void place() throws IOException {
        place = Place.in(folder);
        // Other content in each test: what is unpacked to a temporary folder is shared by the whole process.
        jar = Jar.of("liba.so", "library of " + folder);
    }

    @Test
    void refusesALink() throws IOException {
        Files.createSymbolicLink(place.cache(), Files.createDirectory(folder.resolve("elsewhere")));
        refusedBecause(place.cache() + ": is a symbolic link");
        assertThat(Place.names(folder.resolve("elsewhere"))).isEmpty();
    }

    @Test
    void acceptsALinkFurtherUp() throws IOException {
        Files.createDirectory(folder.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("elsewhere"));
        var unpacked = new Place(folder.resolve("link").resolve("cache"), place.temporary()).unpack(jar);
        assertThat(unpacked.folder())
                .hasParent(folder.resolve("elsewhere").resolve("cache").toRealPath());
    }

    @Test
    void refusesAFolderThatOthersCanWrite() throws IOException {
        Files.createDirectory(place.cache());
        Place.permit(place.cache(), "rwxrwxr-x");
        refusedBecause(place.cache() + ": can be written by others (rwxrwxr-x)");
    }

    @Test
    void refusesAFolderBelowOneThatEverybodyCanWrite() throws IOException {
        Place.permit(folder, "rwxrwxrwx");
        refusedBecause(folder + ": can be written by everybody");
    }

    @Test
    void refusesAFile() throws IOException {
        Files.createFile(place.cache());
        refusedBecause(place.cache() + ": is in the way");
    }

    @Test
    void refusesAFolderOfAnotherUser() throws IOException {
        Files.createDirectory(place.cache());
        giveAway(place.cache());
        refusedBecause(place.cache() + ": belongs to " + SOMEBODY + ", and this process runs as root");
    }

    @Test
    void refusesAFolderBelowOneOfAnotherUser() throws IOException {
        giveAway(folder);
        refusedBecause(folder + ": belongs to " + SOMEBODY + ", and this process runs as root");
    }

    @Test
    void replacesAFileOfAnotherUser() throws IOException {
        var file = place.unpack(jar).folder().resolve("liba.so");
        giveAway(file);
        assertThat(place.unpack(jar).refused()).isEmpty();
        assertThat(Files.getOwner(file)).isEqualTo(Files.getOwner(place.cache()));
    }

    @Test
    void refusesContentThatIsALink() throws IOException {
        var unpacked = place.unpack(jar).folder();
        Files.move(unpacked, folder.resolve("elsewhere"));
        Files.createSymbolicLink(unpacked, folder.resolve("elsewhere"));
        refusedBecause(unpacked + ": is a symbolic link");
    }

    @Test
    void refusesContentThatOthersCanWrite() throws IOException {
        var unpacked = place.unpack(jar).folder();
        Place.permit(unpacked, "rwx----w-");
        refusedBecause(unpacked + ": can be written by others (rwx----w-)");
    }

    @Test
    void sharesOneTemporaryFolderInTheWholeProcess() throws IOException {
        Files.createFile(place.cache());
        var first = place.unpack(jar);
        assertThat(Place.permissions(first.folder())).isEqualTo("rwx------");
        jar.unpackedFiles();

        assertThat(place.unpack(jar)).isEqualTo(first);
        assertThat(jar.unpackedFiles()).isEmpty();
        assertThat(Place.names(place.temporary())).hasSize(1);
    }

    @Test
    void doesNotUseATemporaryFolderThatWasTamperedWith() throws IOException {
        Files.createFile(place.cache());
        var first = place.unpack(jar).folder();
        Files.writeString(first.resolve("liba.so"), "hostile");

        var second = place.unpack(jar).folder();
        assertThat(second).isNotEqualTo(first);
        assertThat(second.resolve("liba.so")).hasContent("library of " + folder);
        assertThat(place.unpack(jar).folder()).isEqualTo(second);
    }

    @Test
    void saysWhyNeitherPlaceCanBeUsed() throws IOException {
        Files.createFile(place.cache());
        Files.delete(place.temporary());
        assertThatThrownBy(() -> place.unpack(jar))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("Neither the cache can be used (" + place.cache()
                        + ": is in the way) nor a temporary folder (" + place.temporary())
                .hasMessageEndingWith(": there is no such file).");
    }

    private void refusedBecause(String reason) throws IOException {
        var unpacked = place.unpack(jar);
        assertThat(unpacked.refused()).containsExactly(reason);
        assertThat(unpacked.folder()).hasParent(place.temporary());
        assertThat(unpacked.folder().resolve("liba.so")).hasContent("library of " + folder);
    }

    private static void giveAway(Path path) throws IOException {
        assumeTrue(Files.getAttribute(path, "unix:uid").equals(0), "only root can give files away");
        Files.setAttribute(path, "unix:uid", SOMEBODY);
    }
}
