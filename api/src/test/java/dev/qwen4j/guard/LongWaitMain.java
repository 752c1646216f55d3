package dev.qwen4j.guard;

import dev.qwen4j.Context;
import dev.qwen4j.LlamaException;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingException;
import dev.qwen4j.Tokenizer;
import dev.qwen4j.grammar.Grammar;
import dev.qwen4j.grammar.GrammarTriggers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.stream.IntStream;

/** Lets lazy grammars hear a long text before their triggers come, on a thread with a stack of the usual size. */
final class LongWaitMain {
    private static final int LENGTH = 100_000;
    private static final int LONG_TOKEN = 864;
    private static final String TOKEN = "ĠParis";
    private static final int TOKEN_BYTES = 7;

    private final Tokenizer tokenizer;
    private final Context context;
    private final int longest;

    private LongWaitMain(Model model, Context context) {
        this.tokenizer = model.tokenizer();
        this.context = context;
        this.longest = IntStream.range(0, tokenizer.size())
                .filter(token -> tokenizer.bytes(token).length > LONG_TOKEN - Integer.SIZE)
                .findFirst()
                .orElseThrow();
    }

    public static void main(String[] args) throws InterruptedException {
        // The main thread's stack may be larger than that of all others.
        Thread.ofPlatform().start(LongWaitMain::run).join();
    }

    private static void run() {
        try (var model = model(LONG_TOKEN);
                var tooLong = model(LONG_TOKEN * 2);
                var context = model.newContext(options -> options.length(256).threads(1))) {
            var main = new LongWaitMain(model, context);
            main.wake();
            main.giveUp();
            new LongWaitMain(tooLong, tooLong.newContext()).refuseTheVocabulary();
        }
    }

    /** Nano with a token that is so long; else each of the many short ones would take its time. */
    private static Model model(int bytes) {
        try {
            var file = Files.createTempFile("nano", ".gguf");
            new AlteredNano().longerText(TOKEN, "a".repeat(TOKEN_BYTES + bytes)).write(file);
            var model = Model.load(file);
            Files.delete(file);
            return model;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void refuseTheVocabulary() {
        try (var sampler = sampler("#")) {
            throw new AssertionError("It was made: " + sampler.names());
        } catch (LlamaException e) {
            System.out.println(e.getMessage());
        }
    }

    private void wake() {
        try (var sampler = sampler("^[^#]*(#)")) {
            hear(sampler, LENGTH);
            int sharp = tokenizer.encode("#")[0];
            sampler.accept(sharp);
            refuse(sampler, sharp);
            System.out.printf("woke after %,d characters%n", LENGTH);
        }
    }

    /** A pattern that takes much stack for each character. */
    private void giveUp() {
        try (var sampler = sampler("^" + "(".repeat(200) + "[^#]" + ")".repeat(200) + "*#")) {
            for (int tokens = 0; tokens < LENGTH; tokens++) {
                try {
                    sampler.accept(longest);
                } catch (SamplingException e) {
                    if (e.kind() != SamplingException.Kind.WAITED_TOO_LONG) {
                        throw e;
                    }
                    System.out.printf("gave up after %d tokens: %s%n", tokens, e.getMessage());
                    return;
                }
            }
        }
    }

    private void refuse(Sampler sampler, int token) {
        try {
            sampler.accept(token);
            throw new AssertionError("It sleeps on.");
        } catch (SamplingException e) {
            System.out.println(e.getMessage());
        }
    }

    private Sampler sampler(String pattern) {
        return context.newSampler(Sampling.builder()
                .lazyGrammar(Grammar.parse("root ::= [^#]* \"#\" [0-9]+"), GrammarTriggers.patterns(pattern))
                .greedy());
    }

    private void hear(Sampler sampler, int characters) {
        int length = tokenizer.bytes(longest).length;
        for (int heard = 0; heard < characters; heard += length) {
            sampler.accept(longest);
        }
    }
}
