package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import java.util.Set;

/**
 * What is known of how llama.cpp divides a text into words before it merges pieces of words: the regular expressions of {@code llm_tokenizer_bpe} in
 * llama-vocab.cpp, which a vocabulary chooses by {@code tokenizer.ggml.pre}.
 *
 * <p>Two things follow. Some run in std::regex, which recurses once a character of a word. And all that are listed here have a border between words before
 * a letter that follows a line feed which follows something visible; and hold a run of small ASCII letters, and one of spaces, to be of one word.
 */
enum PreTokenizer {
    /** {@code 's|'t|… ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)}, by code of llama.cpp's own. */
    GPT2(false, true, Digits.ONE_WORD),
    /** The same, after each digit was made a word. */
    GPT2_DIGITS(false, true, Digits.WORDS_OF_ONE),
    /** {@code [^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}, by code of llama.cpp's own. */
    LLAMA3(false, true, Digits.WORDS_OF_THREE),
    /** The same with {@code \p{N}}. */
    QWEN(false, true, Digits.WORDS_OF_ONE),
    /** Lines are words. */
    GEMMA(false, true, Digits.ONE_WORD),
    /** {@code [\p{P}…]+}, GPT-2's, and digits by threes. */
    FALCON(true, true, Digits.WORDS_OF_THREE),
    DEEPSEEK_LLM(true, true, Digits.ONE_WORD),
    DEEPSEEK_CODER(true, true, Digits.WORDS_OF_ONE),
    /** Here a word that a sign of punctuation begins has ASCII letters only: where a run of letters ends depends on how it began. */
    DEEPSEEK3(true, false, Digits.WORDS_OF_THREE),
    TEKKEN(true, true, Digits.WORDS_OF_ONE),
    GPT4O(true, true, Digits.WORDS_OF_THREE),
    /** Any other, of which nothing is taken for granted. */
    OTHER(true, false, Digits.UNKNOWN),
    /** There are no words: not a byte-pair vocabulary. */
    NONE(false, false, Digits.UNKNOWN);

    /** How a run of ASCII digits becomes words. */
    enum Digits {
        UNKNOWN,
        ONE_WORD,
        WORDS_OF_ONE,
        WORDS_OF_THREE
    }

    private static final Set<String> GPT2_NAMES = Set.of(
            "gpt-2",
            "phi-2",
            "jina-es",
            "jina-de",
            "gigachat",
            "jina-v2-es",
            "jina-v2-de",
            "a.x-4.0",
            "mellum",
            "modern-bert",
            "exaone4",
            "jina-v1-en",
            "jina-v2-code",
            "roberta-bpe",
            "mpt",
            "olmo",
            "jais",
            "trillion",
            "granite-docling");
    private static final Set<String> GPT2_DIGITS_NAMES =
            Set.of("starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2");
    private static final Set<String> LLAMA3_NAMES = Set.of(
            "llama3",
            "llama-v3",
            "llama-bpe",
            "falcon3",
            "falcon-h1",
            "pixtral",
            "midm-2.0",
            "lfm2",
            "jina-v5-nano",
            "dbrx",
            "smaug-bpe",
            "glm4",
            "chatglm-bpe");
    private static final Set<String> QWEN_NAMES = Set.of(
            "qwen2",
            "deepseek-r1-qwen",
            "kormo",
            "f2llmv2",
            "megrez",
            "qwen35",
            "stablelm2",
            "hunyuan",
            "solar-open",
            "grok-2");

    private final boolean recursive;
    private final boolean letters;
    private final Digits digits;

    PreTokenizer(boolean recursive, boolean letters, Digits digits) {
        this.recursive = recursive;
        this.letters = letters;
        this.digits = digits;
    }

    /** That of a vocabulary. */
    static PreTokenizer of(Gguf gguf) {
        var model = gguf.text("tokenizer.ggml.model").orElse("");
        if (model.equals("gemma4")) {
            return GEMMA;
        }
        if (model.equals("hybriddna") || model.equals("whitespace")) {
            return OTHER;
        }
        return model.equals("gpt2") ? of(gguf.text("tokenizer.ggml.pre").orElse("")) : NONE;
    }

    private static PreTokenizer of(String name) {
        if (GPT2_NAMES.contains(name)) {
            return GPT2;
        }
        if (GPT2_DIGITS_NAMES.contains(name)) {
            return GPT2_DIGITS;
        }
        if (LLAMA3_NAMES.contains(name)) {
            return LLAMA3;
        }
        if (QWEN_NAMES.contains(name)) {
            return QWEN;
        }
        return switch (name) {
            case "gemma4", "granite-embed-multi-311m", "sarvam-moe" -> GEMMA;
            case "falcon", "", "default" -> FALCON;
            case "deepseek-llm" -> DEEPSEEK_LLM;
            case "deepseek-coder" -> DEEPSEEK_CODER;
            case "deepseek-v3", "hunyuan-dense", "hy_v4", "joyai-llm" -> DEEPSEEK3;
            case "tekken" -> TEKKEN;
            case "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2" -> GPT4O;
            default -> OTHER;
        };
    }

    /** Whether it recurses as deep as a word is long. */
    boolean isRecursive() {
        return recursive;
    }

    /** Whether a text may be cut before a letter that follows a line feed which follows something visible, and within a run of spaces. */
    boolean knowsWords() {
        return this != OTHER && this != NONE;
    }

    /** Whether a run of small ASCII letters is of one word, wherever it is cut. */
    boolean knowsLetters() {
        return letters;
    }

    Digits digits() {
        return digits;
    }
}
