package dev.qwen4j.handles;

import dev.qwen4j.ContextFullException;
import dev.qwen4j.LlamaException;
import dev.qwen4j.Model;
import dev.qwen4j.VocabularyType;
import dev.qwen4j.guard.TinyGpt2;
import java.nio.file.Path;
import java.util.List;

/** A model whose positions end at 40, where llama.cpp's worker threads would end the JVM, and which has no vocabulary. */
final class LearnedPositionsMain {
    private LearnedPositionsMain() {}

    public static void main(String[] args) throws Exception {
        var file = TinyGpt2.write(Path.of(args[0], "gpt2.gguf"), 40, 2);
        try (var model = Model.load(file)) {
            try {
                model.newContext(options -> options.length(41));
                throw new AssertionError("41 positions were accepted.");
            } catch (IllegalArgumentException e) {
                System.out.println(e.getMessage());
            }
            try (var context = model.newContext(options -> options.length(40).threads(2))) {
                System.out.println("length " + context.length());
                context.prefill(new int[40]);
                try {
                    context.decode(1, 2, 3, 4);
                    throw new AssertionError("Positions 40 to 43 were decoded.");
                } catch (ContextFullException e) {
                    System.out.println(e.getMessage());
                }
            }
            noVocabulary(() -> model.tokenizer().encode("Hello"));
            noVocabulary(() -> model.tokenizer().bytes(1));
            noVocabulary(() -> model.tokenizer().isControl(1));
            noVocabulary(() -> model.tokenizer().token(1));
            noVocabulary(() -> model.tokenizer().encode("a".repeat(100_000)));
            noVocabulary(() -> model.tokenizer().encodeTrusted("a".repeat(100_000), true));
            var nothing = List.of(
                    model.tokenizer().type() == VocabularyType.NONE,
                    model.tokenizer().beginOfSequence().isEmpty(),
                    model.tokenizer().newLine().isEmpty(),
                    !model.tokenizer().fillInMiddle().isComplete(),
                    model.tokenizer().suppressedTokens().length == 0);
            System.out.println(nothing);
        }
    }

    private static void noVocabulary(Runnable call) {
        try {
            call.run();
            throw new AssertionError("There is no vocabulary, and it answered.");
        } catch (LlamaException e) {
            System.out.println(e.kind() + " " + e.getMessage());
        }
    }
}
