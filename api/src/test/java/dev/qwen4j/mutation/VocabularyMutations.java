package dev.qwen4j.mutation;

import static dev.qwen4j.mutation.Mutation.times;

import dev.qwen4j.mutation.GgufDocument.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages to tokens, their scores and types, merges, and the numbers of special tokens. */
final class VocabularyMutations {
    static final List<Mutation> ALL = Mutation.list(
            times(3, VocabularyMutations::token),
            times(2, VocabularyMutations::manyTokens),
            times(1, VocabularyMutations::fewerTokens),
            times(2, VocabularyMutations::merge),
            times(1, VocabularyMutations::score),
            times(1, VocabularyMutations::tokenType),
            times(2, VocabularyMutations::specialToken),
            times(2, VocabularyMutations::model),
            times(2, VocabularyMutations::split),
            times(1, VocabularyMutations::flag),
            times(1, VocabularyMutations::charsMap),
            times(1, VocabularyMutations::removed));

    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final List<String> MODELS = List.of(
            "llama",
            "gpt2",
            "bert",
            "t5",
            "rwkv",
            "plamo2",
            "gemma4",
            "no_vocab",
            "none",
            "test",
            "whitespace",
            "hybriddna");
    private static final List<String> SPLITS = List.of(
            "default",
            "llama-bpe",
            "deepseek-llm",
            "deepseek-v3",
            "falcon",
            "gpt-2",
            "qwen2",
            "qwen35",
            "gpt-4o",
            "kimi-k2",
            "tekken",
            "smollm",
            "chameleon",
            "command-r",
            "gemma4",
            "superbpe",
            "poro-chat",
            "whitespace",
            "bailingmoe",
            "seed-coder",
            "hunyuan",
            "joyai-llm",
            "minicpm5");
    private static final List<String> SPECIAL = List.of(
            "bos",
            "eos",
            "eot",
            "eom",
            "unknown",
            "seperator",
            "padding",
            "mask",
            "fim_pre",
            "fim_suf",
            "fim_mid",
            "fim_pad",
            "fim_rep",
            "fim_sep",
            "prefix",
            "suffix",
            "middle");
    private static final List<String> FLAGS = List.of(
            "add_bos_token",
            "add_eos_token",
            "add_sep_token",
            "add_space_prefix",
            "remove_extra_whitespaces",
            "escape_whitespaces");
    private static final List<byte[]> SPELLINGS = List.of(
            new byte[0],
            new byte[] {0},
            new byte[] {(byte) 0xC3},
            new byte[] {(byte) 0xFF, (byte) 0xFE},
            new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
            " ".getBytes(StandardCharsets.UTF_8),
            "\n".getBytes(StandardCharsets.UTF_8),
            "▁".getBytes(StandardCharsets.UTF_8),
            "Ġ".getBytes(StandardCharsets.UTF_8),
            "<0x0A>".getBytes(StandardCharsets.UTF_8),
            "<0xZZ>".getBytes(StandardCharsets.UTF_8),
            "<0x".getBytes(StandardCharsets.UTF_8),
            "<|im_end|>".getBytes(StandardCharsets.UTF_8),
            "<s>".getBytes(StandardCharsets.UTF_8),
            "'\\xZZ'".getBytes(StandardCharsets.UTF_8),
            "\uD83D\uDE00".getBytes(StandardCharsets.UTF_8),
            "z".repeat(5_000).getBytes(StandardCharsets.UTF_8),
            "y".repeat(100_000).getBytes(StandardCharsets.UTF_8));

    private VocabularyMutations() {}

    private static String token(GgufDocument model, RandomGenerator random) {
        return tokens(model, random, 1);
    }

    private static String manyTokens(GgufDocument model, RandomGenerator random) {
        return tokens(model, random, 2 + random.nextInt(40));
    }

    private static String tokens(GgufDocument model, RandomGenerator random, int count) {
        return texts(model, TOKENS, tokens -> {
            int last = 0;
            for (int i = 0; i < count && !tokens.isEmpty(); i++) {
                last = random.nextInt(tokens.size());
                boolean twice = random.nextInt(8) == 0;
                tokens.set(last, twice ? tokens.get(random.nextInt(tokens.size())) : spelling(random));
            }
            return count + " tokens, the last of them " + last;
        });
    }

    /** Mostly one of its own, for two tokens of one spelling are refused at once. */
    private static byte[] spelling(RandomGenerator random) {
        var bytes = Mutation.any(SPELLINGS, random);
        if (random.nextInt(3) != 0 || bytes.length > 100) {
            return bytes;
        }
        var own = Arrays.copyOf(bytes, bytes.length + 3);
        random.nextBytes(own);
        System.arraycopy(bytes, 0, own, 0, bytes.length);
        return own;
    }

    private static String fewerTokens(GgufDocument model, RandomGenerator random) {
        return texts(model, TOKENS, tokens -> {
            int before = tokens.size();
            int left = switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> 1;
                case 2 -> before - 1;
                default -> random.nextInt(before + 1);
            };
            tokens.subList(Math.max(0, Math.min(left, before)), before).clear();
            return left + " of " + before + " tokens";
        });
    }

    private static String merge(GgufDocument model, RandomGenerator random) {
        return texts(model, "tokenizer.ggml.merges", merges -> {
            int count = 1 + random.nextInt(20);
            for (int i = 0; i < count; i++) {
                var one = new String(spelling(random), StandardCharsets.ISO_8859_1);
                var merge = switch (random.nextInt(5)) {
                    case 0 -> one;
                    case 1 -> " " + one;
                    case 2 -> one + " ";
                    case 3 -> one + " " + one;
                    default -> "l l";
                };
                var bytes = merge.getBytes(StandardCharsets.ISO_8859_1);
                if (merges.isEmpty() || random.nextInt(4) == 0) {
                    merges.add(bytes);
                } else {
                    merges.set(random.nextInt(merges.size()), bytes);
                }
            }
            return count + " merges";
        });
    }

    private interface Change {
        String apply(List<byte[]> texts);
    }

    private static String texts(GgufDocument model, String key, Change change) {
        var entry = model.entry(key);
        boolean array = entry.isPresent()
                && entry.get().type() == GgufTypes.ARRAY
                && entry.get().value()[0] == GgufTypes.STRING;
        var texts = array ? new ArrayList<>(new GgufReader(entry.get().value()).texts()) : new ArrayList<byte[]>();
        var what = change.apply(texts);
        model.put(Entry.of(key, GgufTypes.ARRAY, GgufBytes.texts(texts)));
        return what;
    }

    private static String score(GgufDocument model, RandomGenerator random) {
        return numbers(model, random, "tokenizer.ggml.scores", GgufTypes.FLOAT32, Float.floatToRawIntBits((float)
                SpecialNumbers.real(random)));
    }

    private static String tokenType(GgufDocument model, RandomGenerator random) {
        int type = random.nextInt(3) == 0 ? (int) SpecialNumbers.whole(random) : random.nextInt(8);
        return numbers(model, random, "tokenizer.ggml.token_type", GgufTypes.INT32, type);
    }

    private static String numbers(GgufDocument model, RandomGenerator random, String key, int type, int value) {
        var entry = model.entry(key).filter(old -> old.type() == GgufTypes.ARRAY && old.value()[0] == type);
        var numbers = entry.map(old -> new GgufReader(old.value()).numbers()).orElseGet(() -> new int[128]);
        boolean all = random.nextInt(3) == 0;
        int count = all ? numbers.length : Math.min(numbers.length, 1 + random.nextInt(4));
        for (int i = 0; i < count; i++) {
            numbers[all ? i : random.nextInt(numbers.length)] = value;
        }
        model.put(Entry.of(key, GgufTypes.ARRAY, GgufBytes.numbers(type, numbers)));
        return key + " of " + (all ? "all" : count) + " is " + value;
    }

    private static String specialToken(GgufDocument model, RandomGenerator random) {
        var key = "tokenizer.ggml." + Mutation.any(SPECIAL, random) + "_token_id";
        int id = (int) (random.nextBoolean() ? SpecialNumbers.whole(random) : random.nextInt(200));
        model.put(Entry.of(key, GgufTypes.UINT32, new GgufBytes().i32(id).toByteArray()));
        return key + " is " + Integer.toUnsignedString(id);
    }

    private static String model(GgufDocument model, RandomGenerator random) {
        return text(model, "tokenizer.ggml.model", Mutation.any(MODELS, random));
    }

    private static String split(GgufDocument model, RandomGenerator random) {
        return text(model, "tokenizer.ggml.pre", Mutation.any(SPLITS, random));
    }

    private static String text(GgufDocument model, String key, String value) {
        model.put(Entry.of(key, GgufTypes.STRING, new GgufBytes().text(value).toByteArray()));
        return key + " is " + value;
    }

    private static String flag(GgufDocument model, RandomGenerator random) {
        var key = "tokenizer.ggml." + Mutation.any(FLAGS, random);
        boolean value = random.nextBoolean();
        model.put(Entry.of(key, GgufTypes.BOOL, new byte[] {(byte) (value ? 1 : 0)}));
        return key + " is " + value;
    }

    /** What UGM vocabularies normalise with: a length, an array that stands for a trie, texts. */
    private static String charsMap(GgufDocument model, RandomGenerator random) {
        var map = new byte[4 * random.nextInt(1, 40)];
        random.nextBytes(map);
        if (random.nextInt(4) != 0) {
            System.arraycopy(new GgufBytes().i32(random.nextInt(map.length)).toByteArray(), 0, map, 0, 4);
        }
        var out = new GgufBytes().i32(GgufTypes.INT8).i64(map.length).raw(map);
        model.put(Entry.of("tokenizer.ggml.precompiled_charsmap", GgufTypes.ARRAY, out.toByteArray()));
        return "a map of characters of " + map.length + " bytes";
    }

    private static String removed(GgufDocument model, RandomGenerator random) {
        var own = model.entries.stream()
                .filter(entry -> entry.name().startsWith("tokenizer."))
                .toList();
        if (own.isEmpty()) {
            return "no vocabulary";
        }
        var entry = Mutation.any(own, random);
        model.entries.remove(entry);
        return "without " + entry.name();
    }
}
