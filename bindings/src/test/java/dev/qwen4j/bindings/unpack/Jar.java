package dev.qwen4j.bindings.unpack;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A jar in memory, with a correct index unless a test overrides one of its files. */
final class Jar {
    static final String INDEX = "files.properties";

    private final Map<String, byte[]> resources = new LinkedHashMap<>();
    final List<String> opened = new CopyOnWriteArrayList<>();

    /** A jar with these texts as files, given as name, text, name, text. */
    static Jar of(String... namesAndTexts) {
        var jar = new Jar();
        var lines = new TreeMap<String, String>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            var bytes = namesAndTexts[i + 1].getBytes(StandardCharsets.UTF_8);
            jar.resources.put(namesAndTexts[i], bytes);
            lines.put(namesAndTexts[i], Sha256.of(namesAndTexts[i + 1]) + " " + bytes.length);
        }
        return jar.index(lines);
    }

    Jar index(Map<String, String> lines) {
        var text = new StringBuilder();
        new TreeMap<>(lines).forEach((name, value) -> text.append(name + "=" + value + "\n"));
        return with(INDEX, "content=" + Sha256.of(text.toString()) + "\n" + text);
    }

    Jar with(String name, String text) {
        resources.put(name, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    Jar without(String name) {
        resources.remove(name);
        return this;
    }

    UnpackSource source() {
        return new UnpackSource("test", INDEX, this::open);
    }

    private InputStream open(String name) {
        opened.add(name);
        var bytes = resources.get(name);
        return bytes == null ? null : new ByteArrayInputStream(bytes);
    }

    /** The files that were opened since the last call, without the index. */
    List<String> unpackedFiles() {
        var files = new ArrayList<>(opened);
        files.removeIf(INDEX::equals);
        opened.clear();
        return files;
    }
}
