package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufValue;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The limits of a model's numbers: what llama.cpp takes from a file as it is, and then divides by, loops to, or asserts on one of ggml's threads, all of
 * which end the process or never end.
 */
final class HyperparameterRequirements {
    /** Those whose positions are not rotated ({@code llama_model_rope_type}). */
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
    private static final Set<String> ROTATED_BY_SECTIONS =
            Set.of("qwen2vl", "paddleocr", "qwen3vl", "qwen3vlmoe", "qwen35", "qwen35moe", "qwen4exp", "qwen3tts");

    /** Those whose graphs have a sliding window, whatever the file says. */
    private static final Set<String> WINDOWED = Set.of("afmoe");

    private static final int LONGEST_WINDOW = 1 << 30;

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
            "ssm.group_count", STATE_SPACES,
            "ssm.time_step_rank", STATE_SPACES,
            "experts_per_group", Set.of("grovemoe"),
            "expert_used_count", MIXTURES,
            "attention.indexer.block_size", Set.of("minimax-m3"),
            "attention.output_group_count", Set.of("deepseek4"));

    private final Gguf gguf;
    private final String architecture;

    private HyperparameterRequirements(Gguf gguf) {
        this.gguf = gguf;
        this.architecture = gguf.architecture();
    }

    /** What is wrong with the numbers. */
    static Optional<String> objection(Gguf gguf) {
        var requirements = new HyperparameterRequirements(gguf);
        return Stream.of(
                        gguf.metadata().keySet().stream().flatMap(key -> requirements.real(key).stream()),
                        requirements.rotation().stream(),
                        requirements.sections().stream(),
                        requirements.window().stream(),
                        DIVISORS.keySet().stream().sorted().flatMap(key -> requirements.divisor(key).stream()))
                .flatMap(objections -> objections)
                .findFirst();
    }

    private Optional<String> real(String key) {
        if (key.endsWith("_epsilon")) {
            double epsilon = gguf.real(key).orElse(0);
            return epsilon >= 0 && epsilon < 1
                    ? Optional.empty()
                    : Optional.of(key + " is " + epsilon + "; it must be at least 0 and small");
        }
        if (key.endsWith(".rope.freq_base")) {
            double base = gguf.real(key).orElse(1);
            return base > 0 && Double.isFinite(base)
                    ? Optional.empty()
                    : Optional.of(key + " is " + base + "; it must be above 0, and finite");
        }
        return Optional.empty();
    }

    /** ggml rotates pairs, and loops for ever if there is none. */
    private Optional<String> rotation() {
        if (NOT_ROTATED.contains(architecture)) {
            return Optional.empty();
        }
        var all = headSize("attention.key_length");
        var windowed = number("attention.key_length_swa").isPresent() ? number("attention.key_length_swa") : all;
        return rotated("rope.dimension_count", all).or(() -> rotated("rope.dimension_count_swa", windowed));
    }

    private Optional<String> rotated(String key, OptionalLong headSize) {
        var rotated = number(key);
        if (rotated.isEmpty()) {
            return Optional.empty();
        }
        long dimensions = rotated.getAsLong();
        long most = headSize.orElse(Integer.MAX_VALUE);
        if (dimensions < 2 || dimensions % 2 != 0 || dimensions > most) {
            return Optional.of("%s.%s is %d; it must be even, and from 2 to the %d numbers of a head"
                    .formatted(architecture, key, dimensions, most));
        }
        return Optional.empty();
    }

    private OptionalLong headSize(String key) {
        var size = number(key);
        if (size.isPresent()) {
            return size;
        }
        var width = number("embedding_length");
        var heads = number("attention.head_count");
        return width.isPresent() && heads.orElse(0) > 0
                ? OptionalLong.of(width.getAsLong() / heads.getAsLong())
                : OptionalLong.empty();
    }

    /** A dimension is divided by their sum. */
    private Optional<String> sections() {
        var key = architecture + ".rope.dimension_sections";
        if (!(gguf.metadata().get(key) instanceof dev.qwen4j.gguf.GgufArray array)) {
            return Optional.empty();
        }
        var sections = array.first(4).stream()
                .mapToLong(HyperparameterRequirements::whole)
                .toArray();
        boolean any = false;
        for (int i = 0; i < sections.length; i++) {
            if (sections[i] < 0 || sections[i] > 1 << 16) {
                return Optional.of(key + " has " + sections[i] + " among them; none can be that");
            }
            any |= i < 3 && sections[i] > 0;
        }
        return any || !ROTATED_BY_SECTIONS.contains(architecture)
                ? Optional.empty()
                : Optional.of(key + " are all 0; one of the first three must be more");
    }

    /** llama.cpp adds to it in 32 bits; and a cache without a window does not fit a graph with one. */
    private Optional<String> window() {
        var key = "attention.sliding_window";
        var window = number(key);
        boolean needed = WINDOWED.contains(architecture);
        long length = window.orElse(0);
        return length >= (needed ? 1 : 0) && length <= LONGEST_WINDOW
                ? Optional.empty()
                : Optional.of("%s.%s is %d; it must be %d to %,d"
                        .formatted(architecture, key, length, needed ? 1 : 0, LONGEST_WINDOW));
    }

    private Optional<String> divisor(String key) {
        var architectures = DIVISORS.getOrDefault(key, Set.of());
        var name = architecture + "." + key;
        boolean divides = architectures.contains(architecture) || architectures.isEmpty();
        return divides && gguf.metadata().containsKey(name) && number(key).orElse(1) < 1
                ? Optional.of(name + " is " + number(key).getAsLong() + "; it must be 1 or more")
                : Optional.empty();
    }

    /** A whole number below the architecture's name; empty where there is none, or something else. */
    private OptionalLong number(String key) {
        var value = gguf.metadata().get(architecture + "." + key);
        return switch (value) {
            case GgufValue.UInt number -> OptionalLong.of(number.value());
            case GgufValue.Int number -> OptionalLong.of(number.value());
            case null -> OptionalLong.empty();
            default -> OptionalLong.empty();
        };
    }

    private static long whole(GgufValue value) {
        return switch (value) {
            case GgufValue.UInt number -> number.value();
            case GgufValue.Int number -> number.value();
            default -> -1;
        };
    }
}
