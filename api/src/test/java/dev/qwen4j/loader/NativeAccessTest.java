package dev.qwen4j.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import org.junit.jupiter.api.Test;

class NativeAccessTest {
    private static final String DENIED = "Exception in thread \"main\" dev.qwen4j.NativeLibraryException: "
            + "The JVM denies native access to Qwen4j. Start it with --enable-native-access=";

    @Test
    void answersOnTheClassPath() {
        var child = ChildJvm.of(Answer.class).onClassPath().run().succeeded();
        assertThat(child.stdout()).contains("Paris");
    }

    @Test
    void answersOnTheModulePathWithAccessForBindingsAlone() {
        var child = ChildJvm.of(Answer.class).onModulePath().run().succeeded();
        assertThat(child.stdout()).contains("Paris");
    }

    @Test
    void namesTheFlagOnTheClassPath() {
        var child =
                ChildJvm.of(Answer.class).onClassPath().withoutNativeAccess().run();
        assertThat(child.exitCode()).isEqualTo(1);
        assertThat(child.stdout()).isEmpty();
        assertThat(child.stderr())
                .startsWith(DENIED + "ALL-UNNAMED (Qwen4j is on the class path), or put the line Enable-Native-Access: "
                        + "ALL-UNNAMED into the manifest of the jar that is started with java -jar; in the manifest of any "
                        + "other jar it has no effect.\n\tat ");
    }

    @Test
    void namesTheFlagOnTheModulePath() {
        var child =
                ChildJvm.of(Answer.class).onModulePath().withoutNativeAccess().run();
        assertThat(child.exitCode()).isEqualTo(1);
        assertThat(child.stdout()).isEmpty();
        assertThat(child.stderr()).startsWith(DENIED + "dev.qwen4j.bindings (Qwen4j is on the module path).\n\tat ");
    }
}
