package dev.qwen4j.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.LlamaCppSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What of llama.h and gguf.h the library offers: each function is called, or docs/coverage.md says why not. */
class CoverageTest {
    private static final Path ROOT = Path.of(System.getProperty("qwen4j.root"));
    private static final Pattern ROW = Pattern.compile("^\\| (`.*`) \\| (.+) \\|$", Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("`(\\w+)`");

    @Test
    void ofLlamaCppIsWholeButForWhatThePageNames() throws IOException {
        var llama = new HeaderFunctions(LlamaCppSource.path("include", "llama.h"), "LLAMA_API");
        var gguf = new HeaderFunctions(LlamaCppSource.path("ggml", "include", "gguf.h"), "GGML_API");
        var used = new TreeSet<>(UsedFunctions.byJava(ROOT));
        used.addAll(UsedFunctions.byShim(ROOT));
        var explained = explained();
        print("llama.h", llama, used);
        print("gguf.h", gguf, used);

        var all = union(llama.current(), gguf.current());
        assertThat(without(all, union(used, explained)))
                .as("neither called nor named in docs/coverage.md")
                .isEmpty();
        assertThat(without(explained, all))
                .as("named in docs/coverage.md, and not in the headers, or deprecated there")
                .isEmpty();
        assertThat(without(explained, without(explained, used)))
                .as("named in docs/coverage.md although it is called")
                .isEmpty();
    }

    @Test
    void hasNoBindingThatNobodyCalls() throws IOException {
        var table = Files.readString(ROOT.resolve("bindings/src/jextract/functions.txt"));
        var bound = Pattern.compile("^(\\w+) +\\|", Pattern.MULTILINE)
                .matcher(table)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(bound).isNotEmpty();
        assertThat(without(bound, union(UsedFunctions.byJava(ROOT), UsedFunctions.byTests(ROOT))))
                .isEmpty();
    }

    private static void print(String header, HeaderFunctions functions, Set<String> used) {
        var missing = without(functions.current(), used);
        System.out.printf(
                "[coverage] %s: %d functions, %d called, %d explained in docs/coverage.md; %d deprecated ones not counted%n",
                header,
                functions.current().size(),
                functions.current().size() - missing.size(),
                missing.size(),
                functions.deprecated().size());
    }

    private static Set<String> explained() throws IOException {
        return ROW.matcher(Files.readString(ROOT.resolve("docs/coverage.md")))
                .results()
                .flatMap(row -> NAME.matcher(row.group(1)).results())
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        var all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }

    private static Set<String> without(Set<String> some, Set<String> others) {
        var rest = new TreeSet<>(some);
        rest.removeAll(others);
        return rest;
    }
}
