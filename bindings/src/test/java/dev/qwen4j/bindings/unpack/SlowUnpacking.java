package dev.qwen4j.bindings.unpack;

import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM that stops in the middle of a file, says so, and goes on when told. */
final class SlowUnpacking implements AutoCloseable {
    private final Process process;

    private SlowUnpacking(Process process) {
        this.process = process;
    }

    /** Starts it and waits until it has written half a file. */
    static SlowUnpacking half(Place place) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(
                        java,
                        "-cp",
                        classPath(),
                        SlowUnpacking.class.getName(),
                        place.cache().toString(),
                        place.temporary().toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var line = process.inputReader().readLine();
        if (!"half".equals(line)) {
            process.destroyForcibly();
            throw new IOException("The other JVM said: " + line);
        }
        return new SlowUnpacking(process);
    }

    /** What both JVMs unpack. */
    static Jar jar() {
        return Jar.of("liba.so", "first library", "libb.so", "second library");
    }

    /** Kills it as kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
    }

    /** Lets it go on, and returns the folder it unpacked to. */
    Path goOn() throws IOException {
        try (var output = process.outputWriter()) {
            output.write("go on\n");
        }
        return Path.of(process.inputReader().readLine());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] arguments) throws IOException {
        var jar = jar();
        var source = new UnpackSource("test", Jar.INDEX, file -> {
            var stream = jar.source().open(file);
            return file.equals("libb.so") ? new Stopping(stream) : stream;
        });
        var place = new Place(Path.of(arguments[0]), Path.of(arguments[1]));
        System.out.println(place.unpack(source).folder());
    }

    /** Gives six bytes, and then waits for a line on standard input. */
    private static final class Stopping extends FilterInputStream {
        private int reads;

        Stopping(InputStream from) {
            super(from);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (++reads == 2) {
                System.out.println("half");
                while (System.in.read() != '\n') {}
            }
            return super.read(bytes, offset, reads == 1 ? 6 : length);
        }
    }

    /** Of the classes this needs, wherever the test runner has them: on its class path or in patched modules. */
    private static String classPath() {
        var roots = new ArrayList<String>();
        for (var type : List.of(SlowUnpacking.class, Unpacker.class, org.slf4j.LoggerFactory.class)) {
            var name = type.getName().replace('.', '/') + ".class";
            var url = type.getClassLoader().getResource(name).toString();
            var root = url.substring(0, url.length() - name.length());
            roots.add(Path.of(URI.create(root.replaceFirst("^jar:", "").replaceFirst("!/$", "")))
                    .toString());
        }
        return String.join(File.pathSeparator, roots);
    }
}
