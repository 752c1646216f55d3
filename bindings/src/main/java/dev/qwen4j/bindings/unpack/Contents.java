package dev.qwen4j.bindings.unpack;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * What a source holds: its files with their digests, and the digest over all of them.
 *
 * @param digest SHA-256 in hex, by which the folder is named
 * @param files in the order of their names
 */
record Contents(String digest, List<File> files) {
    private static final String DIGEST_KEY = "content";
    private static final Pattern FILE = Pattern.compile("([0-9a-f]{64}) ([0-9]{1,15})");

    record File(String name, String sha256, long size) {
        private String line() {
            return name + "=" + sha256 + " " + size + "\n";
        }
    }

    /** Reads the list of a source; an IOException if it is missing, malformed, or disagrees with itself. */
    static Contents of(UnpackSource source) throws IOException {
        var properties = new Properties();
        try (var reader = new InputStreamReader(source.open(source.index()), StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IllegalArgumentException e) {
            throw damaged(source, String.valueOf(e.getMessage()));
        }
        var files = new ArrayList<File>();
        for (var name : properties.stringPropertyNames()) {
            if (!name.equals(DIGEST_KEY)) {
                files.add(file(source, name, properties.getProperty(name)));
            }
        }
        files.sort(Comparator.comparing(File::name));

        var lines = new StringBuilder();
        files.forEach(file -> lines.append(file.line()));
        var digest = Sha256.of(lines.toString());
        var stated = properties.getProperty(DIGEST_KEY, "missing");
        if (files.isEmpty() || !digest.equals(stated)) {
            throw damaged(
                    source,
                    "its " + files.size() + " lines have SHA-256 " + digest + ", and " + DIGEST_KEY + " is " + stated);
        }
        return new Contents(digest, List.copyOf(files));
    }

    /** The folder's name: half a digest is enough against accidents, and keeps paths short. */
    String folderName(UnpackSource source) {
        return source.name() + "-" + digest.substring(0, 32);
    }

    private static File file(UnpackSource source, String name, String value) throws IOException {
        var parts = FILE.matcher(value);
        // The name becomes a path: nothing in a jar may write outside the folder.
        if (!UnpackSource.FILE_NAME.matcher(name).matches() || !parts.matches()) {
            throw damaged(source, "it has the line " + name + "=" + value);
        }
        return new File(name, parts.group(1), Long.parseLong(parts.group(2)));
    }

    private static DamagedSourceException damaged(UnpackSource source, String how) {
        return new DamagedSourceException(source, source.index() + " does not list its files; " + how);
    }
}
