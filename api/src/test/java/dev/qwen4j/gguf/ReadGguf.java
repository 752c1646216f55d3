package dev.qwen4j.gguf;

import java.nio.file.Path;

/** Reads the file that its argument names, and prints why that does not work. */
public final class ReadGguf {
    private ReadGguf() {}

    /** Ends with 0 if the file is refused with a reason. */
    public static void main(String[] args) {
        try {
            Gguf.read(Path.of(args[0]));
        } catch (GgufException e) {
            System.out.println(e.getMessage());
            return;
        }
        throw new AssertionError("The file was read.");
    }
}
