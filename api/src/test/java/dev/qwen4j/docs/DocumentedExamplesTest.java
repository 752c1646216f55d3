package dev.qwen4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.TestPaths;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every Java block in README.md and docs/ compiles; the README's answers. */
class DocumentedExamplesTest {
    private static final Path ROOT = Path.of(System.getProperty("qwen4j.root"));
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path classes;

    @Test
    void examplesCompile() throws IOException {
        int compiled = 0;
        for (var page : pages()) {
            for (var block : blocks(page)) {
                compile(block, page);
                compiled++;
            }
        }
        assertThat(compiled).isGreaterThanOrEqualTo(5);
        System.out.printf("[docs] %d examples compile%n", compiled);
    }

    @Test
    void theReadmesExampleAnswers() throws Exception {
        compile(blocks(ROOT.resolve("README.md")).getFirst(), ROOT.resolve("README.md"));
        var output = new ByteArrayOutputStream();
        var standard = System.out;
        try (var loader = new URLClassLoader(
                new java.net.URL[] {classes.toUri().toURL()},
                Thread.currentThread().getContextClassLoader())) {
            System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
            loader.loadClass("Example").getMethod("run", Path.class).invoke(null, Path.of("unused"));
        } finally {
            System.setOut(standard);
        }
        assertThat(output.toString(StandardCharsets.UTF_8)).contains("Paris");
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            var pages = docs.filter(page -> page.toString().endsWith(".md"))
                    .sorted()
                    .collect(Collectors.toList());
            pages.addFirst(ROOT.resolve("README.md"));
            return pages;
        }
    }

    private static List<String> blocks(Path page) throws IOException {
        return BLOCK.matcher(Files.readString(page))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** A block is statements, which find the library imported, a model loaded and a path to one. */
    private void compile(String block, Path page) {
        var imports = block.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
        var statements =
                block.lines().filter(line -> !line.startsWith("import ")).collect(Collectors.joining("\n"));
        var source = """
                import dev.qwen4j.*;
                import java.nio.file.Path;
                %s

                public class Example {
                    static Model model;

                    public static void run(Path path) throws Exception {
                %s
                    }
                }
                """.formatted(imports, statements);
        var file = new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        var complaints = new ArrayList<String>();
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        null,
                        null,
                        diagnostic -> complaints.add(diagnostic.toString()),
                        List.of("-d", classes.toString(), "-proc:none", "--class-path", classPath()),
                        null,
                        List.of(file))
                .call();
        assertThat(compiled).as("%s: %s%n%s", page, complaints, block).isTrue();
    }

    private static String classPath() {
        return TestPaths.libraries().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
