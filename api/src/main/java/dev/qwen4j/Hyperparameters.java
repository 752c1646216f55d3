package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufArray;
import dev.qwen4j.gguf.GgufValue;
import java.util.List;
import java.util.OptionalLong;

/** The whole numbers that a file has below its architecture's name, as {@code qwen3.block_count}. */
record Hyperparameters(Gguf gguf, String architecture) {
    /** As many as llama.cpp has layers: no list is longer. */
    private static final int LONGEST_LIST = 512;

    static Hyperparameters of(Gguf gguf) {
        return new Hyperparameters(gguf, gguf.architecture());
    }

    /** The whole key. */
    String key(String name) {
        return architecture + "." + name;
    }

    boolean has(String name) {
        return gguf.metadata().containsKey(key(name));
    }

    /** A number; empty where there is none, or something else. */
    OptionalLong number(String name) {
        var value = gguf.metadata().get(key(name));
        return value == null ? OptionalLong.empty() : whole(value);
    }

    /** Numbers that are given for all layers, or for each; none where there is something else. */
    List<Long> numbers(String name) {
        return gguf.metadata().get(key(name)) instanceof GgufArray array
                ? array.first(LONGEST_LIST).stream()
                        .flatMapToLong(value -> whole(value).stream())
                        .boxed()
                        .toList()
                : number(name).stream().boxed().toList();
    }

    /** The numbers of each head that are compared to find keys: what the file says, or what llama.cpp takes then. */
    OptionalLong keyLength() {
        var length = number("attention.key_length");
        var width = number("embedding_length");
        var heads = number("attention.head_count");
        return length.isEmpty() && width.isPresent() && heads.orElse(0) > 0
                ? OptionalLong.of(width.getAsLong() / heads.getAsLong())
                : length;
    }

    private static OptionalLong whole(GgufValue value) {
        return switch (value) {
            case GgufValue.UInt number -> OptionalLong.of(number.value());
            case GgufValue.Int number -> OptionalLong.of(number.value());
            case GgufValue.Real _, GgufValue.Bool _, GgufValue.Text _, GgufArray _ -> OptionalLong.empty();
        };
    }
}
