package dev.qwen4j.internal;

import dev.qwen4j.bindings.generated.LlamaCpp;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

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

    /** The tokens that are control tokens, or stand for what is unknown. */
    public int[] specialTokens() {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var tokens = call.allocate(ValueLayout.JAVA_INT, size());
            int count = LlamaCpp.qwen4j_special_tokens(guard.error(), vocab, tokens);
            guard.check("list special tokens");
            return tokens.asSlice(0, count * ValueLayout.JAVA_INT.byteSize()).toArray(ValueLayout.JAVA_INT);
        }
    }

    /** Beginning of sequence, or -1. */
    public int beginOfSequence() {
        return LlamaCpp.llama_vocab_bos(vocab);
    }

    /** End of sequence, or -1. */
    public int endOfSequence() {
        return LlamaCpp.llama_vocab_eos(vocab);
    }

    /** End of turn, or -1. */
    public int endOfTurn() {
        return LlamaCpp.llama_vocab_eot(vocab);
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
    public byte[] detokenize(int[] tokens, boolean special) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var ids = call.allocateFrom(ValueLayout.JAVA_INT, tokens);
            int room = Math.max(64, Math.multiplyExact(tokens.length, 8));
            while (true) {
                var bytes = call.allocate(room);
                int length = LlamaCpp.qwen4j_detokenize(
                        guard.error(), vocab, ids, tokens.length, bytes, room, false, special);
                guard.check("get the text of " + tokens.length + " tokens");
                if (length >= 0) {
                    return bytes.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
                }
                room = Math.negateExact(length);
            }
        }
    }
}
