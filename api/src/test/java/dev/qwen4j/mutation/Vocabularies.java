package dev.qwen4j.mutation;

import dev.qwen4j.mutation.GgufDocument.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Small vocabularies of the kinds that llama.cpp knows, in place of the one without an algorithm that its test models have. */
enum Vocabularies {
    BYTE_PAIRS("gpt2") {
        @Override
        void fill(List<String> tokens) {
            tokens.addAll(List.of("<|endoftext|>", "<|im_start|>", "<|im_end|>", "Ġ", "Ċ"));
            letters(tokens);
            tokens.addAll(List.of("He", "ll", "llo", "Hello", "Ġw", "or"));
        }

        @Override
        void more(GgufDocument model) {
            var merges = List.of("H e", "l l", "ll o", "He llo", "Ġ w", "o r");
            model.put(Entry.of("tokenizer.ggml.merges", GgufTypes.ARRAY, GgufBytes.texts(bytes(merges))));
            model.put(text("tokenizer.ggml.pre", "qwen2"));
        }
    },
    SENTENCE_PIECES("llama") {
        @Override
        void fill(List<String> tokens) {
            tokens.addAll(List.of("<unk>", "<s>", "</s>", "<0x0A>", "▁"));
            letters(tokens);
            tokens.addAll(List.of("He", "ll", "▁w", "or"));
        }
    },
    UNIGRAMS("t5") {
        @Override
        void fill(List<String> tokens) {
            tokens.addAll(List.of("<pad>", "</s>", "<unk>", "▁"));
            letters(tokens);
            tokens.addAll(List.of("▁He", "ll", "▁w", "or"));
        }
    },
    WORD_PIECES("bert") {
        @Override
        void fill(List<String> tokens) {
            tokens.add("[PAD]");
            letters(tokens);
            tokens.addAll(List.of("▁hello", "▁w", "or", "ld", "▁12", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        }
    },
    BYTES("rwkv") {
        @Override
        void fill(List<String> tokens) {
            tokens.addAll(List.of("<s>", "\\n", "\\x20", "\\t"));
            letters(tokens);
            tokens.addAll(List.of("Hello", " world", " w"));
        }
    };

    private static final int NORMAL = 1;
    private static final int CONTROL = 3;

    private final String model;

    Vocabularies(String model) {
        this.model = model;
    }

    /** Gives a model this vocabulary, with as many tokens as it has. */
    void plantIn(GgufDocument target) {
        int size = new GgufReader(
                        target.entry("tokenizer.ggml.tokens").orElseThrow().value())
                .texts()
                .size();
        var tokens = new ArrayList<String>();
        fill(tokens);
        while (tokens.size() < size) {
            tokens.add("tok_" + tokens.size());
        }
        var types = new int[size];
        var scores = new int[size];
        Arrays.setAll(types, i -> tokens.get(i).matches("<.+>|\\[.+]") ? CONTROL : NORMAL);
        Arrays.setAll(scores, i -> Float.floatToRawIntBits(-i));
        target.put(text("tokenizer.ggml.model", model));
        target.put(Entry.of("tokenizer.ggml.tokens", GgufTypes.ARRAY, GgufBytes.texts(bytes(tokens))));
        target.put(Entry.of("tokenizer.ggml.token_type", GgufTypes.ARRAY, GgufBytes.numbers(GgufTypes.INT32, types)));
        target.put(Entry.of("tokenizer.ggml.scores", GgufTypes.ARRAY, GgufBytes.numbers(GgufTypes.FLOAT32, scores)));
        more(target);
    }

    abstract void fill(List<String> tokens);

    void more(GgufDocument target) {}

    private static void letters(List<String> tokens) {
        for (char c = '!'; c <= '~'; c++) {
            tokens.add(String.valueOf(c));
        }
    }

    private static List<byte[]> bytes(List<String> texts) {
        return texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static Entry text(String key, String value) {
        return Entry.of(key, GgufTypes.STRING, new GgufBytes().text(value).toByteArray());
    }
}
