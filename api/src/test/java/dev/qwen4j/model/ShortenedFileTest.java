package dev.qwen4j.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.model.ShortenedFileMain.Deed;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model's file that is cut short or written over under the mapping: SIGBUS, which would end the process, becomes an exception. */
class ShortenedFileTest {
    private static final String FAILED = "failed: dev.qwen4j.ModelFileChangedException: Could not ";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(
            names = {
                "EMPTIED",
                "EMPTIED_WHILE_COMPUTING",
                "SHORTENED_BY_A_FEW_BYTES",
                "OVERWRITTEN_BY_ONE_OF_THE_SAME_SIZE"
            })
    void isAnExceptionOfEveryCallFromThenOn(Deed deed) {
        var output = run(deed, "AUTO");

        assertThat(output).doesNotContain("succeeded").contains(ShortenedFileMain.GOES_ON);
        assertThat(output.lines().filter(line -> line.startsWith("decode " + FAILED)))
                .hasSize(3);
        assertThat(output).contains("newContext " + FAILED + "create a context: the model's file was ");
        assertThat(output).contains("save " + FAILED);
        assertThat(output).contains(deed == Deed.OVERWRITTEN_BY_ONE_OF_THE_SAME_SIZE ? "was changed" : "was cut short");
    }

    @Test
    void isNothingToAModelWhoseFileWasReplacedByRenaming() {
        assertThat(run(Deed.REPLACED_BY_RENAMING, "MMAP"))
                .doesNotContain(FAILED)
                .contains("decode succeeded");
    }

    @Test
    void isNothingToAModelThatWasRead() {
        assertThat(run(Deed.EMPTIED, "READ"))
                .doesNotContain(FAILED)
                .contains("decode succeeded", "newContext succeeded");
    }

    @Test
    void staysTheJvmsBusinessWhereJavaMapsTheFile() {
        assertThat(run(Deed.EMPTIED_UNDER_A_MAPPING_OF_JAVA, "MMAP"))
                .contains("Java's mapping: java.lang.InternalError", "decode " + FAILED, ShortenedFileMain.GOES_ON);
    }

    /** With libjsig the JVM's handler comes first, and passes on what is not its own. */
    @Test
    void isAnExceptionWhereSignalsAreChained() {
        var library = Path.of(System.getProperty("java.home"), "lib", "libjsig.so");
        assertThat(library).exists();
        var output = child(Deed.EMPTIED_WHILE_COMPUTING, "MMAP")
                .env("LD_PRELOAD", library.toString())
                .run()
                .succeeded()
                .stdout();

        assertThat(output)
                .contains("decode " + FAILED, ShortenedFileMain.GOES_ON)
                .doesNotContain("succeeded");
    }

    private String run(Deed deed, String mode) {
        return child(deed, mode).run().succeeded().stdout();
    }

    private ChildJvm child(Deed deed, String mode) {
        return ChildJvm.of(ShortenedFileMain.class)
                .jvm("-XX:ErrorFile=" + folder.resolve("hs_err.log"))
                .args(deed, folder.resolve("model.gguf"), mode);
    }
}
