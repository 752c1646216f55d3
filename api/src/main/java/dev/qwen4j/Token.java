package dev.qwen4j;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * An entry of a vocabulary. Immutable.
 *
 * @param id its number, which is what models read and write
 * @param text how the vocabulary spells it, with its algorithm's own signs for spaces and bytes, as {@code Ġthe} or {@code <0x0A>}; for the text that it
 *     stands for see {@link Tokenizer#bytes}
 * @param score how early it is merged or how probable it is, depending on the {@linkplain VocabularyType type}; 0 where a vocabulary has no scores
 * @param attributes what it is; unmodifiable
 */
public record Token(int id, String text, float score, Set<TokenAttribute> attributes) {
    /** Copies the attributes. */
    public Token {
        attributes = attributes.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(attributes));
    }

    /** Whether it has this attribute. */
    public boolean is(TokenAttribute attribute) {
        return attributes.contains(attribute);
    }
}
