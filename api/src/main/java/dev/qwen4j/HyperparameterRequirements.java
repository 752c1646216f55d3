package dev.qwen4j;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The limits of a model's numbers: what llama.cpp takes from a file as it is, and then divides by, adds to without looking, or asserts on one of
 * ggml's threads.
 */
final class HyperparameterRequirements {
    /** Those whose graphs have a sliding window, whatever the file says. */
    private static final Set<String> WINDOWED = Set.of("afmoe");

    /** LLAMA_POOLING_TYPE_RANK. */
    private static final int MOST_POOLING_TYPE = 4;

    /** LLAMA_POOLING_TYPE_UNSPECIFIED, as an unsigned number. */
    private static final long NO_POOLING_TYPE = 0xFFFF_FFFFL;

    private static final int LONGEST_WINDOW = 1 << 30;

    /** Those that look tokens up by an indexer, in some layers or all. */
    private static final Set<String> INDEXED = Set.of("glm-dsa", "dots3note");

    private static final Set<String> STATE_SPACES = Set.of(
            "mamba2",
            "falcon-h1",
            "granitehybrid",
            "nemotron_h",
            "nemotron_h_moe",
            "qwen3next",
            "qwen35",
            "qwen35moe",
            "qwen4exp");

    /** Those that have experts, and do not ask whether the file does. */
    private static final Set<String> MIXTURES =
            Set.of("glm4moe", "grovemoe", "llada-moe", "qwen35moe", "qwen3next", "qwen4exp");

    /** What is divided by, and by which architectures; no architecture stands for all. */
    private static final Map<String, Set<String>> DIVISORS = Map.of(
            "full_attention_interval", Set.of(),
            "attention.head_count", Set.of("olmo2", "phimoe"),
            "ssm.group_count", STATE_SPACES,
            "ssm.time_step_rank", STATE_SPACES,
            "experts_per_group", Set.of("grovemoe"),
            "expert_used_count", MIXTURES,
            "attention.indexer.block_size", Set.of("minimax-m3"),
            "attention.output_group_count", Set.of("deepseek4"));

    private HyperparameterRequirements() {}

    /** What is wrong with the numbers. */
    static Optional<String> objection(Hyperparameters numbers) {
        return Stream.of(
                        window(numbers).stream(),
                        indexers(numbers).stream(),
                        pooling(numbers).stream(),
                        DIVISORS.keySet().stream().sorted().flatMap(name -> divisor(numbers, name).stream()),
                        numbers.gguf().metadata().keySet().stream()
                                .filter(key -> key.endsWith("_epsilon"))
                                .flatMap(key -> epsilon(numbers, key).stream()))
                .flatMap(objections -> objections)
                .findFirst();
    }

    /** llama.cpp adds to it in 32 bits; and a cache without a window does not fit a graph with one. */
    private static Optional<String> window(Hyperparameters numbers) {
        var name = "attention.sliding_window";
        int least = WINDOWED.contains(numbers.architecture()) ? 1 : 0;
        long length = numbers.number(name).orElse(0);
        return length >= least && length <= LONGEST_WINDOW
                ? Optional.empty()
                : Optional.of(
                        "%s is %d; it must be %d to %,d".formatted(numbers.key(name), length, least, LONGEST_WINDOW));
    }

    /** llama.cpp asserts on others when the first batch is computed. */
    private static Optional<String> pooling(Hyperparameters numbers) {
        long type = numbers.number("pooling_type").orElse(0);
        return type == NO_POOLING_TYPE || (type >= -1 && type <= MOST_POOLING_TYPE)
                ? Optional.empty()
                : Optional.of(
                        "%s is %d; it must be 0 to %d".formatted(numbers.key("pooling_type"), type, MOST_POOLING_TYPE));
    }

    /** The cache of indexers that no layer has is divided by its width. */
    private static Optional<String> indexers(Hyperparameters numbers) {
        var name = "attention.indexer.types";
        var types = numbers.numbers(name);
        boolean none = !types.isEmpty() && types.stream().allMatch(type -> type == 0);
        return none && INDEXED.contains(numbers.architecture())
                ? Optional.of(numbers.key(name) + " is 0 for all layers; one must have an indexer")
                : Optional.empty();
    }

    /** llama.cpp takes what is missing for 0; it is optional where no architecture is named. */
    private static Optional<String> divisor(Hyperparameters numbers, String name) {
        var architectures = DIVISORS.getOrDefault(name, Set.of());
        boolean needed = architectures.contains(numbers.architecture());
        boolean good = numbers.number(name).orElse(numbers.has(name) || !needed ? 1 : 0) >= 1;
        return good || !(needed || architectures.isEmpty())
                ? Optional.empty()
                : Optional.of("%s is %s; it must be 1 or more"
                        .formatted(
                                numbers.key(name),
                                numbers.has(name) ? numbers.number(name).getAsLong() : "missing"));
    }

    private static Optional<String> epsilon(Hyperparameters numbers, String key) {
        double epsilon = numbers.gguf().real(key).orElse(0);
        return epsilon >= 0 && epsilon < 1
                ? Optional.empty()
                : Optional.of(key + " is " + epsilon + "; it must be at least 0 and small");
    }
}
