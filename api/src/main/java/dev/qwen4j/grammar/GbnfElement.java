package dev.qwen4j.grammar;

/**
 * A part of a rule, as llama.cpp has it.
 *
 * @param kind what it is
 * @param value of a reference, the symbol; else without meaning here
 */
record GbnfElement(Kind kind, int value) {
    enum Kind {
        ALTERNATIVE,
        REFERENCE,
        TERMINAL,
        /** Belongs to the terminal before it: the upper end of a range, or another character of a class. */
        CONTINUED
    }

    static final GbnfElement ALTERNATIVE = new GbnfElement(Kind.ALTERNATIVE, 0);
    static final GbnfElement TERMINAL = new GbnfElement(Kind.TERMINAL, 0);
    static final GbnfElement CONTINUED = new GbnfElement(Kind.CONTINUED, 0);

    boolean isReference() {
        return kind == Kind.REFERENCE;
    }

    static GbnfElement reference(int symbol) {
        return new GbnfElement(Kind.REFERENCE, symbol);
    }
}
