package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.nio.file.Path;

/** The fingerprint of a model, all of its files together. */
final class ModelFingerprint {
    private ModelFingerprint() {}

    static String of(Gguf first) {
        var fingerprint = new StringBuilder(first.fingerprint());
        int count = first.split().map(split -> split.count()).orElse(1);
        for (int part = 2; part <= count; part++) {
            fingerprint.append(Gguf.read(part(first, part, count)).fingerprint());
        }
        return fingerprint.toString();
    }

    /** As llama.cpp names them (llama_split_path). */
    private static Path part(Gguf first, int number, int count) {
        var name = first.path().getFileName().toString();
        return first.path()
                .resolveSibling(name.replace(
                        "-%05d-of-%05d.gguf".formatted(1, count), "-%05d-of-%05d.gguf".formatted(number, count)));
    }
}
