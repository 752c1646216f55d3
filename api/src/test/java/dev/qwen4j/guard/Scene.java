package dev.qwen4j.guard;

import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** A JVM with a model and a context that answer, in which things are tried. */
final class Scene {
    final Raw raw = new Raw();
    final Path folder;
    final MemorySegment model;
    final MemorySegment context;
    final MemorySegment vocabulary;
    private final List<Integer> answer;

    Scene(Path folder) {
        this.folder = folder;
        model = raw.load(Nano.file(), params -> {});
        raw.succeeded();
        context = raw.context(model, params -> {});
        raw.succeeded();
        vocabulary = LlamaCpp.llama_model_get_vocab(model);
        answer = raw.answer(model, context);
    }

    /** Fails unless the context answers as it did at first. */
    void answersAsBefore() {
        var now = raw.answer(model, context);
        if (!now.equals(answer)) {
            throw new AssertionError("The answer was " + answer + " and is " + now);
        }
    }

    /** Tries to make a context of nano; returns the one that must not have noticed. */
    MemorySegment context(Consumer<MemorySegment> change) {
        raw.context(model, change);
        return context;
    }

    /** Tries to load a file. */
    MemorySegment load(Path file) {
        raw.load(file, params -> {});
        return context;
    }

    /** A GPT-2 with 40 positions. */
    MemorySegment tinyGpt2(int heads) throws IOException {
        var gpt2 = raw.load(TinyGpt2.write(folder.resolve("gpt2.gguf"), 40, heads), params -> {});
        raw.succeeded();
        return gpt2;
    }

    /** Fails unless the refusal is told as it should be and has no consequences but the ones it should have. */
    void check(Refusal refusal) throws IOException {
        var tried = refusal.attempt().on(this);
        var told = "status " + raw.status() + ", " + raw.message() + "\n" + raw.log();
        if (raw.status() != refusal.status() || !told.contains(refusal.words())) {
            throw new AssertionError(
                    "Expected status " + refusal.status() + " with \"" + refusal.words() + "\": " + told);
        }
        System.out.println("said " + refusal.name() + ": " + told.replace('\n', ' '));
        if (raw.broken(tried) != refusal.breaks()) {
            throw new AssertionError("The context is " + (refusal.breaks() ? "not " : "") + "broken: " + told);
        }
        if (refusal.breaks()) {
            refusesEverything(tried);
            raw.free(tried);
        }
        answersAsBefore();
    }

    private void refusesEverything(MemorySegment broken) {
        raw.decode(broken, raw.batch(1));
        isBroken();
        LlamaCpp.qwen4j_logits(raw.error, broken, -1);
        isBroken();
        LlamaCpp.qwen4j_sample(raw.error, raw.sampler(model, LlamaCpp.QWEN4J_SAMPLER_GREEDY()), broken, -1);
        isBroken();
        LlamaCpp.qwen4j_memory_remove(raw.error, broken, 0, 0, -1);
        isBroken();
        LlamaCpp.qwen4j_memory_clear(raw.error, broken);
        isBroken();
    }

    private void isBroken() {
        if (raw.status() != LlamaCpp.QWEN4J_STATUS_BROKEN()) {
            throw new AssertionError("Status " + raw.status() + " on a broken context.");
        }
    }
}
