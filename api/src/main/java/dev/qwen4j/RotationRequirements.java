package dev.qwen4j;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** How positions may be rotated into keys (RoPE), so that ggml's threads neither assert nor loop for ever. */
final class RotationRequirements {
    /** Those whose positions are not ({@code llama_model_rope_type}). */
    private static final Set<String> NOT_ROTATED = Set.of(
            "clip",
            "gpt2",
            "gptj",
            "mpt",
            "refact",
            "bloom",
            "mamba",
            "mamba2",
            "jamba",
            "jina-bert-v2",
            "t5",
            "t5encoder",
            "jais",
            "rwkv6",
            "rwkv6qwen2",
            "rwkv7",
            "arwkv7",
            "wavtokenizer-dec",
            "nemotron_h",
            "nemotron_h_moe",
            "kimi-linear",
            "kimi-k3");

    /** Those whose positions have several dimensions (M-RoPE). */
    private static final Set<String> BY_SECTIONS =
            Set.of("qwen2vl", "paddleocr", "qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe", "qwen4exp", "qwen3tts");

    private static final int LONGEST_SECTION = 1 << 16;

    private RotationRequirements() {}

    /** What is wrong with them. */
    static Optional<String> objection(Hyperparameters numbers) {
        if (NOT_ROTATED.contains(numbers.architecture())) {
            return Optional.empty();
        }
        var all = numbers.keyLength();
        var windowed = numbers.number("attention.key_length_swa");
        return pairs(numbers, "rope.dimension_count", all)
                .or(() -> pairs(numbers, "rope.dimension_count_swa", windowed.isPresent() ? windowed : all))
                .or(() -> sections(numbers))
                .or(() -> base(numbers, "rope.freq_base"))
                .or(() -> base(numbers, "rope.freq_base_swa"));
    }

    /** ggml rotates pairs, and loops for ever if there is none. */
    private static Optional<String> pairs(Hyperparameters numbers, String name, OptionalLong headSize) {
        long dimensions = numbers.number(name).orElse(2);
        long most = headSize.orElse(Integer.MAX_VALUE);
        return dimensions >= 2 && dimensions % 2 == 0 && (dimensions <= most || !numbers.has(name))
                ? Optional.empty()
                : Optional.of("%s is %d; it must be even, and from 2 to the %d numbers of a head"
                        .formatted(numbers.key(name), dimensions, most));
    }

    /** A dimension is divided by their sum, which ggml's threads assert to be no more than a head has. */
    private static Optional<String> sections(Hyperparameters numbers) {
        var key = numbers.key("rope.dimension_sections");
        var sections = numbers.numbers("rope.dimension_sections");
        long sum = sections.stream().mapToLong(Long::longValue).sum();
        long most = numbers.keyLength().orElse(Integer.MAX_VALUE);
        for (long section : sections) {
            if (section < 0 || section > LONGEST_SECTION) {
                return Optional.of(key + " has " + section + " among them; none can be that");
            }
        }
        if (sum > most) {
            return Optional.of(key + " add up to " + sum + ", more than the " + most + " numbers of a head");
        }
        boolean none = sections.stream().limit(3).allMatch(section -> section == 0);
        return none && !sections.isEmpty() && BY_SECTIONS.contains(numbers.architecture())
                ? Optional.of(key + " begin with zeros; one of the first three must be more")
                : Optional.empty();
    }

    private static Optional<String> base(Hyperparameters numbers, String name) {
        double base = numbers.gguf().real(numbers.key(name)).orElse(1);
        return base > 0 && Double.isFinite(base)
                ? Optional.empty()
                : Optional.of(numbers.key(name) + " is " + base + "; it must be above 0, and finite");
    }
}
