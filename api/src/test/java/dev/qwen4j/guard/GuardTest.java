package dev.qwen4j.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.child.ChildResult;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The shim, called without Java's own checks, in JVMs that must not end. */
class GuardTest {
    @TempDir
    private static Path folder;

    private static ChildResult tried;

    @BeforeAll
    static void tryEverything() {
        tried = ChildJvm.of(RefusalsMain.class).args(folder).run();
    }

    /** Each refusal is told with llama.cpp's words, and the model answers as before in the same JVM, on the same context unless that is broken. */
    @TestFactory
    Stream<DynamicTest> tellsAndGoesOn() {
        return Refusals.all().stream()
                .map(refusal -> DynamicTest.dynamicTest(refusal.name(), () -> {
                    assertThat(tried.stdout().lines())
                            .as("%s", tried)
                            .contains("ok " + refusal.name())
                            .contains("tried " + refusal.name());
                }));
    }

    @Test
    void survivesThemAll() {
        assertThat(tried.exitCode()).as("%s", tried).isZero();
    }

    @Test
    void keepsNestedCallsApart() {
        ChildJvm.of(NestedMain.class).args(folder).run().succeeded();
    }

    @Test
    void losesNoMemoryInAThousandTrips() {
        var result = ChildJvm.of(ThousandTripsMain.class)
                .jvm("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch")
                .run()
                .succeeded();
        System.out.print(result.stdout());
    }
}
