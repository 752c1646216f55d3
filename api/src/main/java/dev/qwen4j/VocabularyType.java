package dev.qwen4j;

/** The algorithm that a vocabulary is made for; {@code llama_vocab_type} in llama.h. */
public enum VocabularyType {
    /** There is no vocabulary: the model takes tokens and cannot read text. */
    NONE,
    /** SentencePiece: byte-pair merges by score, with bytes as a fallback; Llama 2, Phi-3. */
    SPM,
    /** Byte-pair merges by rank, of words that a regular expression makes; Qwen, Llama 3, GPT. */
    BPE,
    /** WordPiece: the longest piece that fits; BERT. */
    WPM,
    /** Unigram: the most probable pieces; T5. */
    UGM,
    /** The longest piece that fits, over bytes; RWKV. */
    RWKV,
    /** Aho-Corasick and dynamic programming; PLaMo-2. */
    PLAMO2,
    /** A hash of five bytes: llama.cpp's own tests. */
    TEST
}
