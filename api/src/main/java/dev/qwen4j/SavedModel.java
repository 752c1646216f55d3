package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufException;
import dev.qwen4j.internal.NativeModel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A model on its way into a file: written beside it, looked at, then renamed over it. llama.cpp's writer keeps to itself whether it wrote all, so the file is
 * opened again and its tensors are compared with those of the model.
 */
final class SavedModel {
    private final NativeModel model;
    private final Gguf source;
    private final Path target;

    /** One that takes what llama.cpp does not keep of the metadata, the chat template for one, from the file that it came from. */
    SavedModel(NativeModel model, Gguf source, Path target) {
        this.model = model;
        this.source = source;
        this.target = target.toAbsolutePath();
    }

    void write() {
        var folder = target.getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw new ModelSaveException(target + " is a folder. Name a file.");
        }
        if (model.isReordered()) {
            throw new ModelSaveException(
                    "The CPU keeps weights of the model in an order of its own, from which they cannot be saved. Load it with repackWeights(false).");
        }
        model.checkFiles("save the model");
        checkSource();
        Path beside;
        try {
            checkRoom(folder);
            // Not a temporary file of the system's, which only its owner may read.
            beside = Files.createFile(folder.resolve("." + target.getFileName() + "-" + UUID.randomUUID() + ".part"));
        } catch (IOException e) {
            throw new ModelSaveException(
                    "No file can be written in " + folder + " (" + e + "). Choose another folder.", e);
        }
        try {
            model.save(source.path(), beside);
            check(beside);
            keep(beside, folder);
        } catch (IOException e) {
            throw failed(String.valueOf(e), e);
        } catch (LlamaException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        } finally {
            discard(beside);
        }
    }

    private void checkRoom(Path folder) throws IOException {
        long room = Files.getFileStore(folder).getUsableSpace();
        if (room < model.tensorBytes()) {
            throw new ModelSaveException(
                    "%s takes more than %,d bytes, and %,d are free there. Make room, or choose another disk."
                            .formatted(target, model.tensorBytes(), room));
        }
    }

    private void checkSource() {
        boolean same;
        try {
            var now = Gguf.read(source.path());
            same = now.tensors().equals(source.tensors())
                    && now.metadata().keySet().equals(source.metadata().keySet());
        } catch (GgufException e) {
            throw failed("the model's own file, which has its metadata, cannot be read any more", e);
        }
        if (!same) {
            throw failed(source.path() + ", which had the model's metadata, is another file now");
        }
    }

    private void check(Path written) {
        Gguf gguf;
        try {
            gguf = Gguf.read(written);
        } catch (GgufException e) {
            throw failed("llama.cpp did not write all of it; the disk may be full", e);
        }
        var missing = new HashSet<>(source.metadata().keySet());
        missing.removeAll(gguf.metadata().keySet());
        missing.removeIf(key -> key.startsWith("split.") || key.equals("general.alignment"));
        if (!missing.isEmpty()) {
            throw failed("metadata is missing in it: " + missing);
        }
        var found = gguf.tensors().stream()
                .map(tensor -> new NativeModel.Tensor(
                        tensor.name(), tensor.type().id(), tensor.byteSize(), withoutOnes(tensor.shape())))
                .collect(Collectors.toSet());
        var expected = model.tensors().stream()
                .map(tensor -> new NativeModel.Tensor(
                        tensor.name(), tensor.type(), tensor.byteSize(), withoutOnes(tensor.shape())))
                .collect(Collectors.toSet());
        if (!found.equals(expected)) {
            throw failed("llama.cpp wrote other tensors than the model has: " + difference(found, expected));
        }
    }

    /** ggml counts no dimensions of size 1 at the end. */
    private static List<Long> withoutOnes(List<Long> shape) {
        int size = shape.size();
        while (size > 1 && shape.get(size - 1) == 1) {
            size--;
        }
        return shape.subList(0, size);
    }

    private static String difference(Set<NativeModel.Tensor> found, Set<NativeModel.Tensor> expected) {
        var missing = new HashSet<>(expected);
        missing.removeAll(found);
        var added = new HashSet<>(found);
        added.removeAll(expected);
        return "%d are missing or different, such as %s, and %d were added"
                .formatted(missing.size(), missing.stream().findFirst().map(NativeModel.Tensor::name), added.size());
    }

    /** On the disk, under its name, and so that both survive a loss of power. */
    private void keep(Path beside, Path folder) throws IOException {
        try (var channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems cannot open a folder; the file itself is safe.
        }
    }

    private static void discard(Path beside) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            throw new ModelSaveException("The unfinished " + beside + " cannot be deleted. Delete it.", e);
        }
    }

    private ModelSaveException failed(String why, Throwable cause) {
        return new ModelSaveException(target + " was not written: " + why + ".", cause);
    }

    private ModelSaveException failed(String why) {
        return new ModelSaveException(target + " was not written: " + why + ".");
    }
}
