package dev.qwen4j.grammar;

import dev.qwen4j.Model;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_model_params;
import dev.qwen4j.bindings.generated.qwen4j_error;
import dev.qwen4j.bindings.generated.qwen4j_sampler_stage;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Breaks grammars a little and asks both parsers. A JVM of its own: llama.cpp says on standard error what it refuses, and may end the process. */
final class GrammarFuzzMain {
    /** What Java refuses on purpose: llama.cpp is not asked. */
    private static final List<String> LIMITS = List.of(
            "nested more than",
            "elements;",
            "more than 65,536",
            "more than 2,048",
            "too many ways",
            "maximum below",
            "in no vocabulary");

    private static final String CHARACTERS = "()[]{}<>|*+?.\"\\!#:=-,^ \n0129abx_é";

    private final Arena arena = Arena.global();
    private final MemorySegment error = qwen4j_error.allocate(arena);
    private final MemorySegment vocabulary;
    private final Random random;
    private int taken;
    private int refused;
    private int limited;

    private GrammarFuzzMain(MemorySegment vocabulary, long seed) {
        this.vocabulary = vocabulary;
        this.random = new Random(seed);
    }

    /** Seed, number of mutations of each, files. */
    public static void main(String[] args) throws IOException {
        // Loads the libraries.
        Model.llamaCppVersion();
        var arena = Arena.global();
        var params = LlamaCpp.llama_model_default_params(arena);
        llama_model_params.vocab_only(params, true);
        var paths = arena.allocateFrom(
                ValueLayout.ADDRESS, arena.allocateFrom(Nano.file().toString()));
        var model = LlamaCpp.qwen4j_model_load(qwen4j_error.allocate(arena), paths, 1, params);
        var fuzz = new GrammarFuzzMain(LlamaCpp.llama_model_get_vocab(model), Long.parseLong(args[0]));
        for (int i = 2; i < args.length; i++) {
            var text = Files.readString(Path.of(args[i]));
            fuzz.compare(text);
            for (int n = Integer.parseInt(args[1]); n > 0; n--) {
                fuzz.compare(fuzz.broken(text));
            }
        }
        System.out.printf(
                "[grammar] seed %s: both parsers took %d mutations and refused %d; %d were over a limit of Java's%n",
                args[0], fuzz.taken, fuzz.refused, fuzz.limited);
    }

    private void compare(String text) {
        String reason = "";
        try {
            Grammar.parse(text);
        } catch (GrammarException e) {
            reason = e.getMessage();
        }
        if (LIMITS.stream().anyMatch(reason::contains)) {
            limited++;
            return;
        }
        boolean theirs = isTaken(text);
        if (theirs != reason.isEmpty()) {
            throw new AssertionError(
                    "llama.cpp " + (theirs ? "takes" : "refuses") + " this, and we do not: " + reason + "\n" + text);
        }
        taken += theirs ? 1 : 0;
        refused += theirs ? 0 : 1;
    }

    private boolean isTaken(String text) {
        try (var call = Arena.ofConfined()) {
            var stage = qwen4j_sampler_stage.allocate(call);
            qwen4j_sampler_stage.kind(stage, LlamaCpp.QWEN4J_SAMPLER_GRAMMAR());
            qwen4j_sampler_stage.text(stage, call.allocateFrom(text));
            qwen4j_sampler_stage.name(stage, call.allocateFrom("root"));
            var sampler = LlamaCpp.qwen4j_sampler_new(error, vocabulary, stage, 1);
            boolean taken = !Pointers.isNull(sampler);
            if (taken) {
                LlamaCpp.qwen4j_sampler_free(error, sampler);
            }
            return taken;
        }
    }

    private String broken(String text) {
        var result = new StringBuilder(text);
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            change(result);
        }
        return result.toString();
    }

    private void change(StringBuilder text) {
        int at = random.nextInt(text.length());
        var character = String.valueOf(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        switch (random.nextInt(6)) {
            case 0 -> text.deleteCharAt(at);
            case 1 -> text.insert(at, character);
            case 2 -> text.replace(at, at + 1, character);
            case 3 -> text.setLength(Math.max(1, at));
            case 4 -> {
                var lines = new ArrayList<>(text.toString().lines().toList());
                lines.remove(random.nextInt(lines.size()));
                text.setLength(0);
                text.append(String.join("\n", lines)).append('\n');
            }
            default -> {
                // A piece again, somewhere else.
                int end = Math.min(text.length(), at + 1 + random.nextInt(20));
                text.insert(random.nextInt(text.length()), text.substring(at, end));
            }
        }
    }
}
