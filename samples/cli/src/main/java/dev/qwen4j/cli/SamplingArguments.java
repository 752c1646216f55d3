package dev.qwen4j.cli;

import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingStage;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;

/** Options about how tokens are chosen. */
final class SamplingArguments {
    @Spec(Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = SeedConverter.class,
            description =
                    "Where random numbers begin, or \"random\". Default: 0, so that the same question gets the same answer.")
    private Optional<Long> seed = Optional.empty();

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Below 1 for likelier words, above for others. Default: 0.7; 0.6 with --think.")
    private Optional<Float> temperature = Optional.empty();

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "The share of probability to choose from. Default: 0.8; 0.95 with --think.")
    private Optional<Float> topP = Optional.empty();

    @Option(names = "--top-k", paramLabel = "K", description = "How many tokens to choose from. Default: 20.")
    private Optional<Integer> topK = Optional.empty();

    @Option(names = "--greedy", description = "Always the likeliest token; excludes the four above.")
    private boolean greedy;

    /** The recipe that the options describe; Qwen's own where they say nothing. */
    Sampling sampling(boolean thinking) {
        if (greedy && Stream.of(seed, temperature, topP, topK).anyMatch(Optional::isPresent)) {
            throw new ParameterException(
                    command.commandLine(), "--greedy excludes --seed, --temperature, --top-p and --top-k.");
        }
        return Usage.check(command, () -> greedy ? Sampling.greedy() : drawn(thinking));
    }

    private Sampling drawn(boolean thinking) {
        var preset = thinking ? Sampling.qwen3Thinking() : Sampling.qwen3NonThinking();
        var recipe = Sampling.of(preset.stages().stream().map(this::adjust).toList());
        return seed.map(recipe::seed).orElse(recipe);
    }

    private SamplingStage adjust(SamplingStage stage) {
        if (stage instanceof SamplingStage.TopK k) {
            return topK.map(SamplingStage.TopK::new).orElse(k);
        }
        if (stage instanceof SamplingStage.TopP p) {
            return topP.map(share -> new SamplingStage.TopP(share, 1)).orElse(p);
        }
        if (stage instanceof SamplingStage.Temperature t) {
            return temperature.map(SamplingStage.Temperature::new).orElse(t);
        }
        return stage;
    }

    /** A number, or a random one. */
    static final class SeedConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            if (value.equals("random")) {
                return ThreadLocalRandom.current().nextLong(0xFFFF_FFFFL);
            }
            try {
                return Long.valueOf(value);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + value + "' is neither a number nor \"random\"");
            }
        }
    }
}
