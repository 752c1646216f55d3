package dev.qwen4j.grammar;

/**
 * A token that a grammar names, by its id as {@code <[151643]>} or by its spelling as {@code <think>}.
 *
 * @param id the id; -1 where it is spelled
 * @param spelling the spelling with its brackets; empty where the id is given
 * @param position where in the text
 */
record TokenReference(int id, String spelling, int position) {
    static TokenReference id(int id, int position) {
        return new TokenReference(id, "", position);
    }

    static TokenReference spelled(String spelling, int position) {
        return new TokenReference(-1, spelling, position);
    }
}
