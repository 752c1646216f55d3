package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufSplit;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The files of one model, all there and in their order.
 *
 * @param files their headers; the first has the metadata
 */
record ModelParts(List<Gguf> files) {
    /** What {@code llama_split_prefix} takes away. */
    private static final String SUFFIX = "-%05d-of-%05d.gguf";

    /** The model in one file, or in those whose names follow from the first one's. */
    static ModelParts of(Path file) {
        checkReadable(file);
        var first = Gguf.read(file);
        if (first.split().isEmpty()) {
            return new ModelParts(List.of(first));
        }
        var split = first.split().get();
        var name = String.valueOf(file.getFileName());
        var suffix = SUFFIX.formatted(split.number() + 1, split.count());
        if (!name.endsWith(suffix)) {
            throw new ModelLoadException(
                    "%s is %s of a model, but its name does not end in %s, so the others cannot be found. Give all files in their order, or rename them."
                            .formatted(file, split, suffix));
        }
        var prefix = name.substring(0, name.length() - suffix.length());
        var names = IntStream.rangeClosed(1, split.count())
                .mapToObj(part -> prefix + SUFFIX.formatted(part, split.count()))
                .toList();
        if (split.number() != 0) {
            throw new ModelLoadException(
                    "%s is %s of a model. Name the first part: %s.".formatted(file, split, names.getFirst()));
        }
        return checked(names.stream().map(file::resolveSibling).toList());
    }

    /** The model in these files. */
    static ModelParts of(List<Path> files) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("No file was given; give all parts of a model, in their order.");
        }
        files.forEach(ModelParts::checkReadable);
        return checked(files);
    }

    private static ModelParts checked(List<Path> paths) {
        var files = new ArrayList<Gguf>();
        paths.forEach(path -> files.add(Gguf.read(path)));
        if (files.size() > 1 || files.getFirst().split().isPresent()) {
            for (int i = 0; i < files.size(); i++) {
                checkPlace(files, i);
            }
            checkTensorCount(files);
        }
        return new ModelParts(List.copyOf(files));
    }

    private static void checkPlace(List<Gguf> files, int place) {
        var file = files.get(place);
        var split = file.split()
                .orElseThrow(() -> new ModelLoadException(
                        file.path() + " is a model of its own, not one of several parts. Load it by itself."));
        if (split.number() != place) {
            throw new ModelLoadException(
                    "%s is %s of a model, and was given in place %d. Give all parts in their order: %s."
                            .formatted(file.path(), split, place + 1, names(files)));
        }
        if (split.count() != files.size()) {
            throw new ModelLoadException(
                    "%s is %s of a model, but %d files were given. Give all parts in their order: %s."
                            .formatted(file.path(), split, files.size(), names(files)));
        }
    }

    /** Parts of different models can have the right numbers. */
    private static void checkTensorCount(List<Gguf> files) {
        int expected = files.getFirst().split().map(GgufSplit::tensorCount).orElse(0);
        int found = files.stream().mapToInt(file -> file.tensors().size()).sum();
        if (expected != found) {
            throw new ModelLoadException(
                    "The parts of %s have %,d tensors, but the model has %,d. Are they parts of one model? %s."
                            .formatted(files.getFirst().path(), found, expected, names(files)));
        }
    }

    private static String names(List<Gguf> files) {
        return files.stream()
                .map(file -> file.path().getFileName() + " ("
                        + file.split().map(GgufSplit::toString).orElse("no part") + ")")
                .collect(Collectors.joining(", "));
    }

    /** Native code reads and writes files of the operating system only. */
    static void checkReadable(Path file) {
        if (!file.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException(file + " is in " + file.getFileSystem()
                    + ", which native code cannot read. Copy it to a real file.");
        }
    }

    /** The header of the first one. */
    Gguf first() {
        return files.getFirst();
    }

    List<Path> paths() {
        return files.stream().map(Gguf::path).toList();
    }

    /** The bytes of all tensors. */
    long tensorBytes() {
        return files.stream().mapToLong(Gguf::tensorBytes).sum();
    }
}
