package dev.qwen4j.loader;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What readelf says about a library.
 *
 * @param text of {@code readelf --dynamic --version-info}
 */
record ElfHeader(String text) {
    static ElfHeader of(Path library) throws IOException {
        return new ElfHeader(readelf("--dynamic", "--version-info", "--wide", library.toString()));
    }

    /** The compiler, in its own words. */
    static String compiler(Path library) throws IOException {
        return readelf("--string-dump=.comment", library.toString())
                .lines()
                .filter(line -> line.contains("]"))
                .map(line -> line.substring(line.indexOf(']') + 1).strip())
                .findFirst()
                .orElse("an unknown compiler");
    }

    private static String readelf(String... arguments) throws IOException {
        var command = Stream.concat(Stream.of("readelf"), Stream.of(arguments)).toList();
        var readelf = new ProcessBuilder(command).redirectErrorStream(true).start();
        var text = readelf.inputReader().readAllAsString();
        if (readelf.onExit().join().exitValue() != 0) {
            throw new IOException("readelf failed: " + text);
        }
        return text;
    }

    List<String> needed() {
        return all("\\(NEEDED\\).*\\[(.*)]");
    }

    List<String> soname() {
        return all("\\(SONAME\\).*\\[(.*)]");
    }

    List<String> runPath() {
        return all("\\(RUNPATH\\).*\\[(.*)]");
    }

    List<String> rpath() {
        return all("\\(RPATH\\).*\\[(.*)]");
    }

    /** The numbers of the versions that it needs of a family of symbols: 2.34 of GLIBC. */
    List<Version> versions(String family) {
        return all("Name: " + family + "_([0-9.]+) ").stream()
                .map(Version::parse)
                .toList();
    }

    private List<String> all(String regex) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }
}
