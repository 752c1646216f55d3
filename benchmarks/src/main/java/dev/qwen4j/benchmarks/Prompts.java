package dev.qwen4j.benchmarks;

import dev.qwen4j.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Prompts that nobody has seen: English words in an order drawn from a seed. Chats have the form that SmolLM2 and Qwen share. For one thread.
 */
final class Prompts {
    private static final List<String> WORDS = List.of(
            ("river mountain teacher window garden letter market summer winter doctor bridge kitchen village engine paper "
                            + "music story island ocean forest farmer sailor painter baker lamp clock mirror table "
                            + "bread apple horse rabbit falcon turtle silver copper quiet narrow bright heavy gentle "
                            + "sudden hollow golden walks carries finds opens follows paints builds answers watches "
                            + "under behind across beyond through between slowly always often before after because")
                    .split(" ", -1));

    private final Tokenizer tokenizer;
    private final SplittableRandom random;

    Prompts(Tokenizer tokenizer, long seed) {
        this.tokenizer = tokenizer;
        this.random = new SplittableRandom(seed);
    }

    /** A text of about so many tokens, or a few more. */
    String text(int tokens) {
        var text = new StringBuilder();
        // Words of one or two tokens: the count is checked now and then, since it costs more than the words.
        do {
            for (int i = 0; i < Math.max(1, tokens / 16); i++) {
                text.append(text.isEmpty() ? "The" : "").append(' ').append(WORDS.get(random.nextInt(WORDS.size())));
            }
        } while (tokenizer.encode(text.toString()).length < tokens);
        return text.append('.').toString();
    }

    /** Exactly so many tokens of text. */
    int[] tokens(int count) {
        return Arrays.copyOf(tokenizer.encodeTrusted(text(count + 1), true), count);
    }

    /** As many of those. */
    List<int[]> tokens(int count, int prompts) {
        return Stream.generate(() -> tokens(count)).limit(prompts).toList();
    }

    /** The beginning of a chat, up to where the model answers. */
    int[] chat(String system, String question) {
        return tokenizer.encodeTrusted("<|im_start|>system\n" + system + "<|im_end|>\n" + turn(question), true);
    }

    /** What follows on the model's answer: its end, and another question, up to where the model answers. */
    int[] nextTurn(String question) {
        return tokenizer.encodeTrusted("<|im_end|>\n" + turn(question), false);
    }

    private static String turn(String question) {
        return "<|im_start|>user\n" + question + "<|im_end|>\n<|im_start|>assistant\n";
    }

    /** A short one, different each time. */
    String question() {
        return "What is said of this? " + text(10);
    }
}
