package dev.qwen4j.loader;

import java.io.IOException;

/** A program that says it is ready, waits for a line of standard input, and then asks nano. */
final class AnswerWhenTold {
    static final String READY = "ready";

    private AnswerWhenTold() {}

    public static void main(String[] args) throws IOException {
        System.out.println(READY);
        while (System.in.read() != '\n') {}
        System.out.println(Answer.ask());
    }
}
