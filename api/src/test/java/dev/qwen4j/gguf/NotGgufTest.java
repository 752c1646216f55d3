package dev.qwen4j.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Qwen4jException;
import dev.qwen4j.child.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotGgufTest {
    @TempDir
    private Path folder;

    @Test
    void saysThatAFileIsMissing() {
        assertRefused(folder.resolve("gone.gguf"), "gone.gguf does not exist");
    }

    @Test
    void saysThatALinkLeadsNowhere() throws Exception {
        assertRefused(
                Files.createSymbolicLink(folder.resolve("link.gguf"), folder.resolve("gone")),
                "is a link to a file that does not exist");
    }

    @Test
    void followsALink() throws Exception {
        var file = GgufBuilder.model().write(folder);

        assertThat(Gguf.read(Files.createSymbolicLink(folder.resolve("link.gguf"), file))
                        .architecture())
                .isEqualTo("qwen3");
    }

    @Test
    void saysThatAPathIsAFolder() {
        assertRefused(folder, "is a folder", "Name the .gguf file in it");
    }

    @Test
    void doesNotWaitForADevice() {
        assertRefused(Path.of("/dev/null"), "is not a regular file");
    }

    @Test
    void saysThatAFileMayNotBeRead() throws IOException {
        var file = GgufBuilder.model().write(folder);
        Files.setPosixFilePermissions(file, Set.of());
        var child = ChildJvm.of(ReadGguf.class).args(file);
        if (Files.isReadable(file)) {
            // Root may read anything, unless it gives that up.
            child.under("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--");
        }
        assertThat(child.run().succeeded().stdout())
                .contains(file.toString())
                .contains("may not be read")
                .contains("permission");
    }

    @Test
    void saysThatReadingWasInterrupted() {
        var file = GgufBuilder.model().write(folder);
        Thread.currentThread().interrupt();
        try {
            assertRefused(file, "interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                              | it is empty",
                "PK\\x03\\x04\\x00\\x00\\x08\\x08                | zip archive",
                "\\x80\\x02}q\\x00                               | Python pickle",
                "\\x88\\x01\\x00\\x00\\x00\\x00\\x00\\x00{\"__met | safetensors",
                "lmgg\\x01\\x00\\x00\\x00                        | GGML file",
                "tjgg\\x03\\x00\\x00\\x00                        | GGML file",
                "FUGG\\x03\\x00\\x00\\x00                        | big-endian",
                "\\x1f\\x8b\\x08\\x00                            | gzip",
                "\\x28\\xb5\\x2f\\xfd                            | zstd",
                "version https://git-lfs.github.com/spec/v1\\x0a | git lfs pull",
                "\\x0a <!DOCTYPE html><html>                     | web page (HTML)",
                "{\"model_type\": \"qwen3\"                      | it is JSON: '{\"model_type\"",
                "Entry not found                                 | it is the text 'Entry not found'",
                "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00        | starts with zeros",
                "\\x01ELF\\x00                                   | 01 45 4c 46 ('\\u{1}ELF') instead of GGUF",
                "GG                                              | it is the text 'GG'"
            })
    void recognisesWhatIsThereInstead(String start, String recognised) {
        assertRefused(GgufBuilder.write(folder, unescape(start)), "is not a GGUF file", recognised);
    }

    @Test
    void saysThatTheHeaderIsIncomplete() {
        var file = GgufBuilder.write(folder, unescape("GGUF\\x03\\x00\\x00\\x00"));

        assertRefused(file, "it has 8 bytes, and the header alone has 24", "incomplete");
    }

    private static void assertRefused(Path file, String... parts) {
        assertThatThrownBy(() -> Gguf.read(file))
                .isInstanceOf(GgufException.class)
                .isInstanceOf(Qwen4jException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContainingAll(parts);
    }

    private static byte[] unescape(String text) {
        var out = new GgufBuilder.Bytes();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\x", i)) {
                out.i8(Integer.parseInt(text.substring(i + 2, i + 4), 16));
                i += 3;
            } else {
                out.raw(text.substring(i, i + 1).getBytes(StandardCharsets.UTF_8));
            }
        }
        return out.toByteArray();
    }
}
