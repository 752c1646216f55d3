package dev.qwen4j.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.bindings.unpack.UnpackSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class MessagesTest {
    record Locator(String platform) implements NativesLocator {
        @Override
        public UnpackSource resources() {
            return new UnpackSource("test", INDEX, file -> null);
        }
    }

    @Test
    void noNativesJarAtAll() {
        assertThatThrownBy(
                        () -> LibraryFolder.unpacked(new Platform("linux-x86_64"), new Locators(List.of(), List.of())))
                .isInstanceOf(NativeLoadException.class)
                .hasMessage("Qwen4j finds no native libraries for linux-x86_64. Natives jars found: none. Add the"
                        + " Maven artifact dev.qwen4j:qwen4j-natives with classifier linux-x86_64, in the"
                        + " version of your other Qwen4j jars, or name a folder that"
                        + " holds " + LibraryFolder.SHIM
                        + " with -Dqwen4j.library.path=FOLDER.");
    }

    @Test
    void onlyNativesJarsOfOtherPlatforms() {
        var locators = new Locators(List.of(new Locator("macos-aarch64")), List.of("not a subtype"));
        assertThatThrownBy(() -> LibraryFolder.unpacked(new Platform("linux-x86_64"), locators))
                .hasMessageContaining(" for linux-x86_64. Natives jars found: macos-aarch64 (" + Locator.class.getName()
                        + "), unusable (not a subtype). Add ");
    }

    @Test
    void aNativesJarThatIsDamaged() {
        var locators = new Locators(List.of(new Locator("linux-x86_64")), List.of());
        assertThatThrownBy(() -> LibraryFolder.unpacked(new Platform("linux-x86_64"), locators))
                .isInstanceOf(NativeLoadException.class)
                .hasMessageStartingWith("Qwen4j cannot unpack its native libraries from the natives jar of "
                        + Locator.class.getName()
                        + ". The jar with test is damaged: it has no file natives.properties. ");
    }

    @Test
    void deniedNativeAccessNamesTheFlagOfTheSituation() {
        assertThat(NativeAccess.denied(new ClassLoader() {}.getUnnamedModule()))
                .isEqualTo("The JVM denies native access to Qwen4j. Start it with --enable-native-access=ALL-UNNAMED"
                        + " (Qwen4j is on the class path), or put the line Enable-Native-Access: ALL-UNNAMED"
                        + " into the manifest of the jar that is started with java -jar; in the manifest of any"
                        + " other jar it has no effect.");
        assertThat(NativeAccess.denied(Object.class.getModule()))
                .isEqualTo(
                        "The JVM denies native access to Qwen4j. Start it with --enable-native-access=java.base (Qwen4j"
                                + " is on the module path).");
    }
}
