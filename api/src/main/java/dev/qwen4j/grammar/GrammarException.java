package dev.qwen4j.grammar;

import dev.qwen4j.Qwen4jException;

/** Thrown for a grammar that is not GBNF, is not defined wholly, or asks for more than llama.cpp can take; says where, and what was expected. */
public final class GrammarException extends Qwen4jException {
    private final int line;
    private final int column;

    GrammarException(int line, int column, String problem) {
        super("Line %d, column %d of the grammar: %s".formatted(line, column, problem));
        this.line = line;
        this.column = column;
    }

    /** The line of the problem, from 1. */
    public int line() {
        return line;
    }

    /** The column of the problem in characters (code points), from 1. */
    public int column() {
        return column;
    }
}
