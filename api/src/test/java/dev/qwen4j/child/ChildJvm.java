package dev.qwen4j.child;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A main class of the test tree, in a JVM of its own: {@code ChildJvm.of(Answer.class).onModulePath().args("2+2").run()}.
 *
 * <p>Unless told otherwise it is on the class path, has native access (which is denied to all others), uses the libraries of the native build and a cache
 * below {@code target}, and sees nothing of this process's environment but PATH, HOME, TMPDIR, the language,
 * and what `make sanitize` sets. For one thread.
 */
public final class ChildJvm {
    private static final Set<String> INHERITED =
            Set.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_PRELOAD", "ASAN_OPTIONS", "UBSAN_OPTIONS");

    private final String main;
    private final boolean jar;
    private final List<String> under = new ArrayList<>();
    private final List<String> jvm = new ArrayList<>();
    private final List<String> args = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private boolean modules;
    private boolean nativeAccess = true;
    private Optional<Path> directory = Optional.empty();
    private Duration timeout = Duration.ofSeconds(60);

    private ChildJvm(String main, boolean jar) {
        this.main = main;
        this.jar = jar;
        libraryFolder(Path.of(System.getProperty("qwen4j.native.dir")));
        cache(Path.of("target", "child-cache").toAbsolutePath());
        jvm("-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8", "-XX:-CreateCoredumpOnCrash");
        // Children are short: a simple collector and compiler start in less time, and twenty of them share two cores.
        jvm("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");
    }

    /** A JVM that will run the class's {@code main}. */
    public static ChildJvm of(Class<?> main) {
        return new ChildJvm(main.getName(), false);
    }

    /** A JVM that will run {@code java -jar}; its paths and its native access are what the jar's manifest says. */
    public static ChildJvm ofJar(Path jar) {
        return new ChildJvm(jar.toString(), true);
    }

    /** Everything on the class path. */
    public ChildJvm onClassPath() {
        modules = false;
        return this;
    }

    /**
     * Qwen4j and what it needs as modules, and the main class, which then must not be in one of their packages, in the unnamed module. Only dev.qwen4j and
     * dev.qwen4j.nano are named as roots; the natives module is found by its service, as in an application.
     */
    public ChildJvm onModulePath() {
        modules = true;
        return this;
    }

    /** Leaves out --enable-native-access. */
    public ChildJvm withoutNativeAccess() {
        nativeAccess = false;
        return this;
    }

    /** The value of qwen4j.library.path. */
    public ChildJvm libraryFolder(Path folder) {
        return jvm("-Dqwen4j.library.path=" + folder);
    }

    /** No qwen4j.library.path: the natives jar is unpacked. */
    public ChildJvm unpacking() {
        return jvm("-Dqwen4j.library.path=");
    }

    /** The value of qwen4j.cache.dir. */
    public ChildJvm cache(Path folder) {
        return jvm("-Dqwen4j.cache.dir=" + folder);
    }

    /** No qwen4j.cache.dir: the cache is where HOME says. */
    public ChildJvm cacheAtHome() {
        return jvm("-Dqwen4j.cache.dir=");
    }

    /** A command that starts java instead of this process, such as {@code setpriv} or {@code strace}, with its own arguments. */
    public ChildJvm under(String... command) {
        under.addAll(List.of(command));
        return this;
    }

    /** Options of the JVM; of two that contradict each other, the later one counts. */
    public ChildJvm jvm(String... options) {
        jvm.addAll(List.of(options));
        return this;
    }

    /** Arguments of the main class. */
    public ChildJvm args(Object... arguments) {
        for (var argument : arguments) {
            args.add(argument.toString());
        }
        return this;
    }

    /** A variable of the environment. */
    public ChildJvm env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** The working directory; this process's, if not set. */
    public ChildJvm in(Path folder) {
        directory = Optional.of(folder);
        return this;
    }

    /** How long it may run in all; a minute, if not set. */
    public ChildJvm timeout(Duration most) {
        timeout = most;
        return this;
    }

    /** Runs it to its end; an AssertionError with all its output if that does not come in time. */
    public ChildResult run() {
        try (var child = start()) {
            return child.await();
        }
    }

    /** Starts it. */
    public RunningChild start() {
        var builder = new ProcessBuilder(command());
        builder.environment().keySet().retainAll(INHERITED);
        builder.environment().putAll(environment);
        directory.map(Path::toFile).ifPresent(builder::directory);
        try {
            return new RunningChild(builder.start(), timeout);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command() {
        var command = new ArrayList<>(under);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--illegal-native-access=deny");
        command.addAll(jvm);
        command.addAll(jar ? List.of("-jar") : paths());
        command.add(main);
        command.addAll(args);
        return command;
    }

    private List<String> paths() {
        var options = new ArrayList<String>();
        var classPath = new ArrayList<Path>();
        if (modules) {
            options.addAll(List.of("--module-path", joined(TestPaths.libraries())));
            options.addAll(List.of("--add-modules", "dev.qwen4j,dev.qwen4j.nano"));
        } else {
            classPath.addAll(TestPaths.libraries());
        }
        classPath.add(TestPaths.tests());
        options.addAll(List.of("--class-path", joined(classPath)));
        if (nativeAccess) {
            options.add("--enable-native-access=" + (modules ? "dev.qwen4j.bindings" : "ALL-UNNAMED"));
        }
        return options;
    }

    private static String joined(List<Path> paths) {
        return String.join(
                File.pathSeparator, paths.stream().map(Path::toString).toList());
    }
}
