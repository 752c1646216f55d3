package dev.qwen4j.depth;

import dev.qwen4j.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Ten megabytes of one letter, of spaces and of digits through vocabularies, from a default and a virtual thread in turn. */
public final class TenMegabytes {
    private static final List<String> CHARACTERS = List.of("a", " ", "1");

    private TenMegabytes() {}

    /** Prints a line for each text. Arguments: the length, vocabulary files. */
    public static void main(String[] args) throws Exception {
        int length = Integer.parseInt(args[0]);
        boolean virtual = false;
        for (int i = 1; i < args.length; i++) {
            var file = Path.of(args[i]);
            try (var model = Model.load(file, options -> options.vocabularyOnly(true))) {
                for (var character : CHARACTERS) {
                    var text = character.repeat(length);
                    long begin = System.nanoTime();
                    var task = new FutureTask<>(() -> model.tokenizer().encode(text));
                    var thread = virtual
                            ? Thread.ofVirtual().start(task)
                            : Thread.ofPlatform().start(task);
                    int[] tokens = task.get();
                    thread.join();
                    System.out.printf(
                            "%-30s '%s' %-8s thread: %,10d tokens, %,6d ms%n",
                            file.getFileName(),
                            character,
                            virtual ? "virtual" : "platform",
                            tokens.length,
                            (System.nanoTime() - begin) / 1_000_000);
                    check(model, text, tokens);
                    virtual = !virtual;
                }
            }
        }
    }

    /** Where text comes back at all it is the same. */
    private static void check(Model model, String text, int[] tokens) {
        var back = model.tokenizer().decode(tokens);
        boolean lossy =
                !model.tokenizer().decode(model.tokenizer().encode("a  1")).equals("a  1");
        if (!lossy && !back.equals(text)) {
            throw new AssertionError(
                    "It was a text of " + text.length() + ", and came back as one of " + back.length());
        }
    }
}
