package dev.qwen4j.model;

import dev.qwen4j.Devices;
import dev.qwen4j.InsufficientMemoryException;
import dev.qwen4j.Model;
import java.nio.file.Path;

/** Asks for contexts that cannot be, then for one that can. */
public final class AbsurdLengthMain {
    /** Of nano: 4 layers, keys and values of 64 numbers in F16. */
    private static final int BYTES_PER_TOKEN = 4 * 2 * 64 * 2;

    private AbsurdLengthMain() {}

    public static void main(String[] args) {
        try (var model = Model.load(Path.of(args[0]))) {
            long half = Devices.availableMemory().orElseThrow() / 2;
            refuse(model, Integer.MAX_VALUE);
            refuse(model, (int) Math.min(3 * half / BYTES_PER_TOKEN, Integer.MAX_VALUE));
            System.out.println("goes on with " + Logits.of(model).length);
        }
    }

    private static void refuse(Model model, int length) {
        try {
            model.newContext(options -> options.length(length)).close();
            System.out.println("A context of " + length + " was made.");
        } catch (InsufficientMemoryException e) {
            System.out.println(e);
        }
    }
}
