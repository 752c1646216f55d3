package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much a token or a sequence may take in the cache: llama.cpp computes it from numbers that it does not compare with the tensors, for some
 * architectures, and a number that is wrong asks for more memory than there is.
 */
final class CacheRequirements {
    private static final List<String> OF_A_HEAD = List.of(
            "attention.key_length", "attention.value_length", "attention.key_length_swa", "attention.value_length_swa");

    private static final List<String> OF_A_STATE = List.of("ssm.inner_size", "ssm.state_size", "ssm.conv_kernel");

    private CacheRequirements() {}

    /** What is wrong with the sizes of heads and states; the tensors are in these files. */
    static Optional<String> objection(Hyperparameters numbers, List<Gguf> files) {
        return Stream.concat(
                        OF_A_HEAD.stream()
                                .flatMap(name -> excess(numbers, name, heads(numbers), "attn", files).stream()),
                        OF_A_STATE.stream().flatMap(name -> excess(numbers, name, 1, "ssm", files).stream()))
                .findFirst();
    }

    /** The most of all layers. */
    private static long heads(Hyperparameters numbers) {
        var name = numbers.has("attention.head_count_kv") ? "attention.head_count_kv" : "attention.head_count";
        return numbers.numbers(name).stream()
                .mapToLong(count -> Math.max(1, count))
                .max()
                .orElse(1);
    }

    /** That a number is a side of no tensor, be it one of many beside each other. */
    private static Optional<String> excess(
            Hyperparameters numbers, String name, long times, String tensors, List<Gguf> files) {
        long longest = longestSide(tensors, files);
        long number = numbers.number(name).orElse(0);
        return number <= longest / times
                ? Optional.empty()
                : Optional.of("%s is %d, and %d times that is more than the longest side of its %s tensors, %d"
                        .formatted(numbers.key(name), number, times, tensors, longest));
    }

    private static long longestSide(String part, List<Gguf> files) {
        return files.stream()
                .flatMap(file -> file.tensors().stream())
                .filter(tensor -> tensor.name().contains(part))
                .flatMap(tensor -> tensor.shape().stream())
                .mapToLong(size -> size)
                .max()
                .orElse(Long.MAX_VALUE);
    }
}
