package dev.qwen4j.mutation;

import dev.qwen4j.mutation.GgufDocument.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The good models that are damaged: nano, and one of each architecture that llama.cpp's test-llama-archs wrote. For one thread. */
final class Originals {
    /** Those of five architectures: experts, M-RoPE, latent attention, sinks and windows, a recurrent state. */
    static final List<String> ARCHITECTURES = List.of("qwen3moe", "qwen2vl", "deepseek2", "gpt-oss", "qwen35");

    /** Of so many models in a row, the first ones are nano. */
    private static final int NANOS = 2;

    private static final List<Vocabularies> VOCABULARIES = List.of(Vocabularies.values());

    private final List<String> names = new ArrayList<>();
    private final List<GgufDocument> models = new ArrayList<>();

    /** Reads them all; the folder has one file an architecture. */
    Originals(Path nano, Path folder) throws IOException {
        for (int i = 0; i < NANOS; i++) {
            add("nano", GgufDocument.parse(Files.readAllBytes(nano)));
        }
        for (int i = 0; i < ARCHITECTURES.size(); i++) {
            var model = read(folder, ARCHITECTURES.get(i));
            VOCABULARIES.get(i % VOCABULARIES.size()).plantIn(model);
            add(ARCHITECTURES.get(i), model);
        }
    }

    /** What test-llama-archs wrote for an architecture, made like a file that llama.cpp's converter wrote. */
    static GgufDocument read(Path folder, String architecture) throws IOException {
        try (var files = Files.newDirectoryStream(folder, architecture + "-{dense,moe}.gguf")) {
            var model = GgufDocument.parse(Files.readAllBytes(files.iterator().next()));
            intervalOfLayers(model);
            return model;
        }
    }

    /** Where test-llama-archs lists the recurrent layers, the converter writes that every so many one is none. */
    private static void intervalOfLayers(GgufDocument model) {
        var list = model.architecture() + ".attention.recurrent_layers";
        if (model.entries.removeIf(entry -> entry.name().equals(list) && entry.type() == GgufTypes.ARRAY)) {
            model.put(Entry.of(
                    model.architecture() + ".full_attention_interval",
                    GgufTypes.UINT32,
                    new GgufBytes().i32(2).toByteArray()));
        }
    }

    private void add(String name, GgufDocument model) {
        names.add(name);
        models.add(model);
    }

    /** The name of the one that a seed damages. */
    String name(long seed) {
        return names.get(index(seed));
    }

    /** The one that a seed damages. */
    GgufDocument model(long seed) {
        return models.get(index(seed));
    }

    int size() {
        return models.size();
    }

    private int index(long seed) {
        return (int) Math.floorMod(seed, (long) models.size());
    }
}
