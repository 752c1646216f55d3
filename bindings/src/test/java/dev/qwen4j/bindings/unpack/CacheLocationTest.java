package dev.qwen4j.bindings.unpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheLocationTest {
    @Test
    void isBelowTheHomeFolderOfTheEnvironment() throws IOException {
        assertThat(on("Linux", "", "/home/jvm", Map.of("HOME", "/home/me"))).isEqualTo("/home/me/.cache/qwen4j");
        assertThat(on("Linux", "", "/home/jvm", Map.of())).isEqualTo("/home/jvm/.cache/qwen4j");
        assertThat(on("Mac OS X", "", "/Users/me", Map.of())).isEqualTo("/Users/me/Library/Caches/qwen4j");
        assertThat(on("Windows 11", "", "/Users/me", Map.of())).isEqualTo("/Users/me/AppData/Local/qwen4j");
    }

    @Test
    void followsTheCustomOfTheSystem() throws IOException {
        assertThat(on("Linux", "", "/h", Map.of("XDG_CACHE_HOME", "/x"))).isEqualTo("/x/qwen4j");
        assertThat(on("Mac OS X", "", "/h", Map.of("XDG_CACHE_HOME", "/x"))).isEqualTo("/h/Library/Caches/qwen4j");
        assertThat(on("Windows 11", "", "/h", Map.of("LOCALAPPDATA", "/l"))).isEqualTo("/l/qwen4j");
    }

    @Test
    void isWhatThePropertyNames() throws IOException {
        assertThat(on("Linux", "/named", "/h", Map.of("XDG_CACHE_HOME", "/x"))).isEqualTo("/named");
    }

    @Test
    void ignoresARelativeXdgFolder() throws IOException {
        assertThat(on("Linux", "", "/h", Map.of("XDG_CACHE_HOME", "here"))).isEqualTo("/h/.cache/qwen4j");
    }

    @Test
    void isNoneWithoutAHomeFolder() {
        assertThatThrownBy(() -> on("Linux", "", "?", Map.of()))
                .hasMessage("no home folder: HOME and user.home name none");
        assertThatThrownBy(() -> on("Linux", "nul\u0000", "/h", Map.of()))
                .hasMessageStartingWith("no path for a cache: ");
    }

    private static String on(String os, String named, String home, Map<String, String> environment) throws IOException {
        Path folder = new CacheLocation(os, named, home, environment).folder();
        return folder.toString();
    }
}
