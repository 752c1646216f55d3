package dev.qwen4j.model;

import dev.qwen4j.Model;
import dev.qwen4j.ModelSaveException;
import java.nio.file.Path;

/** Saves a model where files cannot become as large, and computes with it afterwards. */
final class FullDiskMain {
    private FullDiskMain() {}

    public static void main(String[] args) {
        try (var model = Model.load(Path.of(args[0]))) {
            try {
                model.save(Path.of(args[1]));
            } catch (ModelSaveException e) {
                System.out.println(e);
            }
            System.out.println("goes on with " + Logits.of(model).length);
        }
    }
}
