package dev.qwen4j.cli;

import dev.qwen4j.Context;
import dev.qwen4j.Sampling;
import dev.qwen4j.Tokenizer;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Options about answers. */
final class AnswerArguments {
    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(names = "--system", paramLabel = "TEXT", description = "Instructions that come before all else.")
    private Optional<String> system = Optional.empty();

    @Option(
            names = "--think",
            negatable = true,
            description =
                    "Whether the model thinks before it answers. Its thoughts go to standard error. Default: --no-think.")
    private boolean think;

    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            defaultValue = "512",
            description = "The most tokens of an answer, thoughts included. Default: ${DEFAULT-VALUE}.")
    private int maxTokens;

    @Option(
            names = "--ignore-eos",
            description = "Go on where the model would end, until --max-tokens: for measuring and for tests.")
    private boolean ignoreEnd;

    @Mixin
    private final SamplingArguments sampling = new SamplingArguments();

    /** Refuses wrong numbers before anything is loaded. */
    void check() {
        if (maxTokens < 1) {
            throw new ParameterException(
                    command.commandLine(), "--max-tokens is " + maxTokens + "; it must be 1 or more.");
        }
        var _ = sampling.sampling(think);
    }

    Optional<String> system() {
        return system;
    }

    boolean thinking() {
        return think;
    }

    /** Whoever answers in a context, until {@code stopped} says otherwise. */
    Answerer answerer(Context context, BooleanSupplier stopped) {
        var recipe = sampling.sampling(think);
        return new Answerer(
                context, ignoreEnd ? withoutEnd(recipe, context.model().tokenizer()) : recipe, maxTokens, stopped);
    }

    private static Sampling withoutEnd(Sampling recipe, Tokenizer tokenizer) {
        return recipe.logitBias(IntStream.range(0, tokenizer.size())
                .filter(tokenizer::isEndOfGeneration)
                .boxed()
                .collect(Collectors.toMap(token -> token, token -> Float.NEGATIVE_INFINITY)));
    }
}
