package dev.qwen4j.loader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the libraries say of themselves to the dynamic linker. */
class LibraryHeadersTest {
    private static final String OURS = "libqwen4j-.*\\.so";
    private static final String THE_SYSTEMS =
            "(libc|libm|libstdc\\+\\+|libgcc_s)\\.so\\.[0-9]+|ld-linux-.*\\.so\\.[0-9]+";

    /** What the jars are published from, and the README speaks of; other systems need what they need. */
    private static final String RELEASE_COMPILER = "Debian 12.2.0";

    static List<Path> libraries() throws IOException {
        return NativeBuild.libraries();
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void areFoundBesideEachOtherAndNowhereElse(Path library) throws IOException {
        var header = ElfHeader.of(library);
        assertThat(header.runPath()).containsExactly("$ORIGIN");
        assertThat(header.rpath()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void needNothingButEachOtherAndTheCompilersRuntime(Path library) throws IOException {
        assertThat(ElfHeader.of(library).needed())
                .isNotEmpty()
                .allMatch(name -> name.matches(OURS + "|" + THE_SYSTEMS));
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void areNamedAsTheirFiles(Path library) throws IOException {
        assertThat(ElfHeader.of(library).soname())
                .containsExactly(library.getFileName().toString());
        assertThat(Files.isSymbolicLink(library)).isFalse();
    }

    @Test
    void needSystemVersionsThatTheReadmeTells() throws IOException {
        var needed = List.of(highest("GLIBC"), highest("GLIBCXX"));
        var compiler = ElfHeader.compiler(libraries().getFirst());
        System.out.printf("[loader] the libraries, compiled by %s, need %s%n", compiler, needed);
        assertThat(needed).allMatch(version -> version.matches("GLIBC(XX)? [0-9.]+"));
        if (compiler.contains(RELEASE_COMPILER)) {
            var readme = Path.of(System.getProperty("qwen4j.root"), "README.md");
            assertThat(readme).content().contains(needed);
        }
    }

    private static String highest(String family) throws IOException {
        var versions = new TreeSet<Version>();
        for (var library : libraries()) {
            versions.addAll(ElfHeader.of(library).versions(family));
        }
        return family + " " + versions.last();
    }
}
