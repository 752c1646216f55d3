package dev.qwen4j.bindings.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DamagedSourceTest {
    @TempDir
    Path folder;

    private Place place;
    private final Jar jar = Jar.of("liba.so", "first library", "libb.so", "second library");

    @BeforeEach
    void place() throws IOException {
        place = Place.in(folder);
    }

    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        assertThat(folder.resolve("cache"))
                .satisfiesAnyOf(
                        cache -> assertThat(cache).doesNotExist(),
                        cache -> assertThat(cache).isEmptyDirectory());
        assertThat(place.temporary()).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"second librarx", "second", "", "second library and more"})
    void aFileWithOtherBytes(String bytes) {
        jar.with("libb.so", bytes);
        assertThatThrownBy(() -> place.unpack(jar))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("The jar with test is damaged: libb.so has SHA-256 ")
                .hasMessageEndingWith(", and files.properties says " + Sha256.of("second library") + ".");
    }

    @Test
    void aMissingFile() {
        jar.without("libb.so");
        assertThatThrownBy(() -> place.unpack(jar)).hasMessage("The jar with test is damaged: it has no file libb.so.");
    }

    @Test
    void aMissingIndex() {
        jar.without(Jar.INDEX);
        assertThatThrownBy(() -> place.unpack(jar))
                .hasMessage("The jar with test is damaged: it has no file files.properties.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../escaped", "/etc/passwd", "a/b", "a\\\\b", "..", ".hidden", "nul\u0000byte"})
    void aNameThatIsAPath(String name) {
        jar.index(Map.of(name, "0".repeat(64) + " 5"));
        assertThatThrownBy(() -> place.unpack(jar))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "The jar with test is damaged: files.properties does not list its files; it has the line ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "abc 5", "0 0", "-1"})
    void aLineWithoutDigestAndSize(String value) {
        jar.index(Map.of("liba.so", value));
        assertThatThrownBy(() -> place.unpack(jar)).hasMessageEndingWith("it has the line liba.so=" + value + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "content=abc\n", "content=\\u12\n", "\u0000\u0001\u0002"})
    void anIndexThatListsNothing(String index) {
        jar.with(Jar.INDEX, index);
        assertThatThrownBy(() -> place.unpack(jar))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("The jar with test is damaged: files.properties ");
    }

    @Test
    void anIndexThatWasCutShort() {
        jar.with(Jar.INDEX, "content=" + "0".repeat(64) + "\nliba.so=" + Sha256.of("first library") + " 13\n");
        assertThatThrownBy(() -> place.unpack(jar))
                .hasMessageContaining("its 1 lines have SHA-256")
                .hasMessageEndingWith(", and content is " + "0".repeat(64) + ".");
    }

    @Test
    void aFileThatCannotBeRead() {
        var source = new UnpackSource("test", Jar.INDEX, file -> {
            var stream = jar.source().open(file);
            return file.equals("libb.so") ? new Broken(stream) : stream;
        });
        assertThatThrownBy(() -> place.unpack(source))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("disk on fire");
    }

    /** Gives some bytes and fails then. */
    private static final class Broken extends FilterInputStream {
        private boolean begun;

        Broken(InputStream from) {
            super(from);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (begun) {
                throw new IOException("disk on fire");
            }
            begun = true;
            return super.read(bytes, offset, 6);
        }
    }
}
