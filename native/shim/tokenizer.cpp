#include "guard.h"

using namespace qwen4j;

int32_t qwen4j_tokenize(struct qwen4j_error * error, const struct llama_vocab * vocab, const char * text, int32_t text_len, int32_t * tokens,
    int32_t n_tokens_max, bool add_special, bool parse_special) {
    return guarded(error, [&] {
        const int32_t n = llama_tokenize(vocab, text, text_len, tokens, n_tokens_max, add_special, parse_special);
        if (n == INT32_MIN) {
            fail(error, n, "more tokens than a 32-bit integer counts");
        }
        return n;
    });
}

bool qwen4j_token_is_control(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t token) {
    return guarded(error, [&] {
        if (token < 0 || token >= llama_vocab_n_tokens(vocab)) {
            fail(error, token, "token %d is not in the vocabulary", token);
            return false;
        }
        return llama_vocab_is_control(vocab, token);
    });
}

const char * qwen4j_token_text(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t token) {
    return guarded(error, [&] { return llama_vocab_get_text(vocab, token); });
}

float qwen4j_token_score(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t token) {
    return guarded(error, [&] { return llama_vocab_get_score(vocab, token); });
}

void qwen4j_token_attributes(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t * attributes) {
    guarded(error, [&] {
        for (int32_t token = 0; token < llama_vocab_n_tokens(vocab); token++) {
            attributes[token] = llama_vocab_get_attr(vocab, token);
        }
    });
}

int32_t qwen4j_token_to_piece(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t token, char * buf, int32_t length,
    int32_t lstrip, bool special) {
    return guarded(error, [&] { return llama_token_to_piece(vocab, token, buf, length, lstrip, special); });
}

int32_t qwen4j_detokenize(struct qwen4j_error * error, const struct llama_vocab * vocab, const int32_t * tokens, int32_t n_tokens, char * text,
    int32_t text_len_max, bool remove_special, bool unparse_special) {
    return guarded(error,
        [&] { return llama_detokenize(vocab, tokens, n_tokens, text, text_len_max, remove_special, unparse_special); });
}
