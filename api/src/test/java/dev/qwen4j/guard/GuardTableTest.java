package dev.qwen4j.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.bindings.generated.LlamaCpp;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GuardTableTest {
    private static final Path ROOT = Path.of(System.getProperty("qwen4j.root"));
    private static final Path PAGE = ROOT.resolve("docs/guard.md");
    private static final String WRITE = "qwen4j.write.docs";
    private static final Pattern FUNCTION = Pattern.compile("(llama|ggml|gguf|mtmd|qwen4j)_.*");

    @Test
    void saysOfEveryBoundFunctionHowItIsKeptFromEndingTheJvm() throws IOException {
        assertThat(GuardTable.read(ROOT).names()).containsExactlyInAnyOrderElementsOf(bound());
    }

    @Test
    void isWhatThePageIsMadeOf() throws IOException {
        var page = GuardPage.of(GuardTable.read(ROOT));
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("docs/guard.md; run this test with -D%s=true to write it anew", WRITE)
                .hasContent(page);
    }

    /** The functions, which have a method handle, and not the constants. */
    private static List<String> bound() {
        var handles = Stream.<Class<?>>iterate(LlamaCpp.class, type -> type != Object.class, Class::getSuperclass)
                .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                .map(Method::getName)
                .collect(Collectors.toSet());
        return handles.stream()
                .filter(name -> FUNCTION.matcher(name).matches())
                .filter(name -> hasHandle(handles, name))
                .toList();
    }

    private static boolean hasHandle(Set<String> methods, String name) {
        return methods.contains(name + "$handle") && methods.contains(name + "$descriptor");
    }
}
