package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufArray;
import dev.qwen4j.gguf.GgufValue;
import dev.qwen4j.internal.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Metadata that options put in place of a file's. llama.cpp ignores, with a warning, what has another type than the file's value. */
final class MetadataOverrides {
    private MetadataOverrides() {}

    /** The header as llama.cpp takes it then, so that it can be judged as a file that says so itself. */
    static Gguf apply(Gguf gguf, Map<String, GgufValue> overrides) {
        overrides.forEach((key, value) -> {
            var present = gguf.metadata().get(key);
            if (present != null && !kind(present).equals(kind(value))) {
                throw new IllegalArgumentException("%s has %s under %s, which %s cannot override. Give %s."
                        .formatted(gguf.path(), kind(present), key, kind(value), kind(present)));
            }
        });
        return overrides.isEmpty() ? gguf : gguf.withMetadata(overrides);
    }

    /** What tells them from others; nothing if there are none. */
    static String digest(Map<String, GgufValue> overrides) {
        if (overrides.isEmpty()) {
            return "";
        }
        var bytes = new TreeMap<>(overrides).toString().getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(Sha256.begin().digest(bytes));
    }

    private static String kind(GgufValue value) {
        return switch (value) {
            case GgufValue.UInt _, GgufValue.Int _ -> "a whole number";
            case GgufValue.Real _ -> "a real number";
            case GgufValue.Bool _ -> "true or false";
            case GgufValue.Text _ -> "text";
            case GgufArray _ -> "an array";
        };
    }
}
