package dev.qwen4j.bindings.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Resources that lie in one folder of a jar, with a file among them that lists the others and their digests.
 *
 * <p>The list is a properties file, written at build time: {@code <file name>=<SHA-256 in hex> <size in bytes>} for
 * each file, and {@code content=<SHA-256 in hex>} of those lines, each ended by a line feed, in the order of their
 * names. File names consist of letters, digits, and {@code . _ + -}, and do not begin with a dot.
 *
 * <p>Immutable; as safe for use by many threads as the opener is.
 *
 * @param name names the folder that is made of it, together with the content: {@code natives-linux-x86_64}
 * @param index the name of the list: {@code natives.properties}
 * @param opener opens a file of the folder
 */
public record UnpackSource(String name, String index, Opener opener) {
    static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_+-][A-Za-z0-9._+-]*");

    /** Opens a resource by its file name; {@code file -> SomeClass.class.getResourceAsStream(file)} is one. */
    @FunctionalInterface
    public interface Opener {
        /** The bytes of that file, or null if there is none; the caller closes the stream. */
        @Nullable
        InputStream open(String file) throws IOException;
    }

    /** Checks the name; nothing is opened. */
    public UnpackSource {
        Objects.requireNonNull(index, "index");
        Objects.requireNonNull(opener, "opener");
        if (!FILE_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("A source is named with letters, digits and . _ + -, not: " + name);
        }
    }

    InputStream open(String file) throws IOException {
        var stream = opener.open(file);
        if (stream == null) {
            throw new DamagedSourceException(this, "it has no file " + file);
        }
        return stream;
    }
}
