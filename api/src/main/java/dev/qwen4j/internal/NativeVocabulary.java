package dev.qwen4j.internal;

import dev.qwen4j.DecodeOptions;
import dev.qwen4j.FillInMiddleTokens;
import dev.qwen4j.Token;
import dev.qwen4j.TokenAttribute;
import dev.qwen4j.VocabularyType;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/** A {@code llama_vocab}, which belongs to its model. For any number of threads. Ids are the caller's to check. */
public final class NativeVocabulary {
    /** Beginning-of-sequence and end-of-sequence, and some spare. */
    private static final int SPECIAL_TOKENS = 8;

    private final MemorySegment vocab;

    NativeVocabulary(MemorySegment vocab) {
        this.vocab = vocab;
    }

    MemorySegment pointer() {
        return vocab;
    }

    /** The number of tokens. */
    public int size() {
        return LlamaCpp.llama_vocab_n_tokens(vocab);
    }

    /** Whether the token ends a generation. */
    public boolean isEndOfGeneration(int token) {
        return LlamaCpp.llama_vocab_is_eog(vocab, token);
    }

    /** Whether the token is a control token. */
    public boolean isControl(int token) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            boolean control = LlamaCpp.qwen4j_token_is_control(guard.error(), vocab, token);
            guard.check("look token " + token + " up");
            return control;
        }
    }

    /** The algorithm. */
    public VocabularyType type() {
        int type = LlamaCpp.llama_vocab_type(vocab);
        for (var known : VocabularyType.values()) {
            if (NativeEnums.vocabularyType(known) == type) {
                return known;
            }
        }
        throw new AssertionError("llama_vocab_type is " + type);
    }

    /** The entry of a token. */
    public Token token(int token, int attributes) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            float score = LlamaCpp.qwen4j_token_score(guard.error(), vocab, token);
            guard.check("get the score of token " + token);
            return new Token(token, text(token), score, attributes(attributes));
        }
    }

    /** How the vocabulary spells a token. */
    public String text(int token) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var text = LlamaCpp.qwen4j_token_text(guard.error(), vocab, token);
            guard.check("get the text of token " + token);
            return Pointers.utf8(text);
        }
    }

    private static Set<TokenAttribute> attributes(int bits) {
        var attributes = EnumSet.noneOf(TokenAttribute.class);
        for (var attribute : TokenAttribute.values()) {
            if (has(bits, attribute)) {
                attributes.add(attribute);
            }
        }
        return attributes;
    }

    /** Whether an attribute is among these. */
    public static boolean has(int attributes, TokenAttribute attribute) {
        return (attributes & NativeEnums.tokenAttribute(attribute)) != 0;
    }

    /** The attributes of all tokens, as llama.cpp's bits; see {@link #has}. */
    public int[] attributes() {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var attributes = call.allocate(ValueLayout.JAVA_INT, size());
            LlamaCpp.qwen4j_token_attributes(guard.error(), vocab, attributes);
            guard.check("list the attributes of tokens");
            return attributes.toArray(ValueLayout.JAVA_INT);
        }
    }

    /** Tokens never to be generated. */
    public int[] suppressedTokens() {
        try (var call = Arena.ofConfined()) {
            var count = call.allocate(ValueLayout.JAVA_INT);
            var tokens = LlamaCpp.llama_vocab_get_suppress_tokens(vocab, count);
            int length = count.get(ValueLayout.JAVA_INT, 0);
            return length == 0
                    ? new int[0]
                    : Pointers.sized(tokens, length * ValueLayout.JAVA_INT.byteSize(), call)
                            .toArray(ValueLayout.JAVA_INT);
        }
    }

    /** The tokens for filling a gap. */
    public FillInMiddleTokens fillInMiddle() {
        return new FillInMiddleTokens(
                known(LlamaCpp.llama_vocab_fim_pre(vocab)),
                known(LlamaCpp.llama_vocab_fim_suf(vocab)),
                known(LlamaCpp.llama_vocab_fim_mid(vocab)),
                known(LlamaCpp.llama_vocab_fim_pad(vocab)),
                known(LlamaCpp.llama_vocab_fim_rep(vocab)),
                known(LlamaCpp.llama_vocab_fim_sep(vocab)));
    }

    /** Beginning of sequence. */
    public OptionalInt beginOfSequence() {
        return known(LlamaCpp.llama_vocab_bos(vocab));
    }

    /** End of sequence. */
    public OptionalInt endOfSequence() {
        return known(LlamaCpp.llama_vocab_eos(vocab));
    }

    /** End of turn. */
    public OptionalInt endOfTurn() {
        return known(LlamaCpp.llama_vocab_eot(vocab));
    }

    /** Separator of sentences. */
    public OptionalInt separator() {
        return known(LlamaCpp.llama_vocab_sep(vocab));
    }

    /** Line feed. */
    public OptionalInt newLine() {
        return known(LlamaCpp.llama_vocab_nl(vocab));
    }

    /** Padding. */
    public OptionalInt padding() {
        return known(LlamaCpp.llama_vocab_pad(vocab));
    }

    /** Mask. */
    public OptionalInt mask() {
        return known(LlamaCpp.llama_vocab_mask(vocab));
    }

    /** Whether a beginning of sequence is added. */
    public boolean addsBeginOfSequence() {
        return LlamaCpp.llama_vocab_get_add_bos(vocab);
    }

    /** Whether an end of sequence is added. */
    public boolean addsEndOfSequence() {
        return LlamaCpp.llama_vocab_get_add_eos(vocab);
    }

    /** Whether a separator is added. */
    public boolean addsSeparator() {
        return LlamaCpp.llama_vocab_get_add_sep(vocab);
    }

    private static OptionalInt known(int token) {
        return token == LlamaCpp.LLAMA_TOKEN_NULL() ? OptionalInt.empty() : OptionalInt.of(token);
    }

    /** Tokens of UTF-8 text. */
    public int[] tokenize(byte[] text, boolean addSpecial, boolean parseSpecial) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var chars = call.allocateFrom(ValueLayout.JAVA_BYTE, text);
            // A token is a byte or more in nearly all vocabularies; where it is not, the answer says how many there
            // are.
            int room = Math.addExact(text.length, SPECIAL_TOKENS);
            while (true) {
                var tokens = call.allocate(ValueLayout.JAVA_INT, room);
                int count = LlamaCpp.qwen4j_tokenize(
                        guard.error(), vocab, chars, text.length, tokens, room, addSpecial, parseSpecial);
                guard.check("tokenise a text of " + text.length + " bytes");
                if (count >= 0) {
                    return tokens.asSlice(0, count * ValueLayout.JAVA_INT.byteSize())
                            .toArray(ValueLayout.JAVA_INT);
                }
                room = Math.negateExact(count);
            }
        }
    }

    /** The bytes of one token; a control token's are its name if {@code special}, else none. */
    public byte[] piece(int token, boolean special) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            int room = 64;
            while (true) {
                var bytes = call.allocate(room);
                int length = LlamaCpp.qwen4j_token_to_piece(guard.error(), vocab, token, bytes, room, 0, special);
                guard.check("get the text of token " + token);
                if (length >= 0) {
                    return bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
                }
                room = Math.negateExact(length);
            }
        }
    }

    /** The UTF-8 text of tokens. */
    public byte[] detokenize(int[] tokens, DecodeOptions options) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var ids = call.allocateFrom(ValueLayout.JAVA_INT, tokens);
            int room = Math.max(64, Math.multiplyExact(tokens.length, 8));
            while (true) {
                var bytes = call.allocate(room);
                int length = LlamaCpp.qwen4j_detokenize(
                        guard.error(), vocab, ids, tokens.length, bytes, room, !options.added(), options.special());
                guard.check("get the text of " + tokens.length + " tokens");
                if (length >= 0) {
                    return bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
                }
                room = Math.negateExact(length);
            }
        }
    }
}
