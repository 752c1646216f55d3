package dev.qwen4j.loader;

import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.nano.Nano;

/** A program that asks nano for a capital and prints the answer. */
final class Answer {
    private static final String PROMPT =
            "<|im_start|>user\nWhat is the capital of France?<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n";
    private static final int LONGEST = 32;

    private Answer() {}

    public static void main(String[] args) {
        System.out.println(ask());
    }

    static String ask() {
        try (var model = Model.load(Nano.file())) {
            return ask(model);
        }
    }

    /** In a context of its own, greedily. */
    static String ask(Model model) {
        var tokenizer = model.tokenizer();
        var answer = new StringBuilder();
        try (var context = model.newContext(options -> options.length(128).threads(1));
                var sampler = context.newSampler(Sampling.greedy())) {
            context.prefill(tokenizer.encodeTrusted(PROMPT, true));
            int token = sampler.sample();
            for (int i = 0; i < LONGEST && !tokenizer.isEndOfGeneration(token); i++) {
                answer.append(tokenizer.decode(token));
                context.decode(token);
                token = sampler.sample();
            }
        }
        return answer.toString();
    }
}
