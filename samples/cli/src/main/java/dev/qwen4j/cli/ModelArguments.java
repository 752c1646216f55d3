package dev.qwen4j.cli;

import dev.qwen4j.Context;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Options about the model and its context. */
final class ModelArguments {
    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "FILE",
            description = "The model, a GGUF file. Default: nano, a toy that is built in.")
    private Optional<Path> file = Optional.empty();

    @Option(
            names = {"-c", "--context"},
            paramLabel = "TOKENS",
            description =
                    "How many tokens prompt and answers may have together, rounded up to a multiple of 256. Default: 4096, or what the model was"
                            + " trained on if that is less.")
    private Optional<Integer> length = Optional.empty();

    @Option(
            names = {"-t", "--threads"},
            paramLabel = "N",
            description = "How many threads compute. Default: one for each processor; for nano one alone.")
    private Optional<Integer> threads = Optional.empty();

    /** Refuses wrong numbers before anything is loaded. */
    void check() {
        Usage.check(command, () -> options(ContextOptions.defaults()));
    }

    Model load(Notices notices) {
        if (file.isEmpty()) {
            notices.say("Using nano, a toy model that knows next to nothing; pass -m FILE for a real one.");
        }
        var path = file.orElseGet(Nano::file);
        try (var progress = new LoadingLine(path.getFileName())) {
            return Model.load(path, options -> options.progress(progress));
        }
    }

    Context newContext(Model model, Notices notices) {
        int trained = model.trainedContextLength();
        if (length.orElse(0) > trained) {
            notices.say("The model was trained on %,d tokens; beyond them it gets worse and worse.".formatted(trained));
        }
        return model.newContext(this::options);
    }

    private ContextOptions options(ContextOptions defaults) {
        // Nano's operations take microseconds: two threads spend most of their time waiting for each other, and all of
        // it on a busy machine.
        int count = threads.orElse(file.isEmpty() ? 1 : defaults.threads());
        return defaults.threads(count).length(length.orElse(defaults.length()));
    }
}
