package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatIT {
    /** Written when JLine is ready for keys and signals: pasting is switched on, and the prompt shown. */
    private static final String PROMPT = "\u001b[?2004h> ";

    @TempDir
    Path folder;

    @Test
    void remembersWhatWasSaid() {
        try (var cli = chat("My name is Omar.\nWhat is my name?\n", "--greedy")) {
            assertThat(cli.out()).endsWith("\nYour name is Omar.\n");
            assertThat(cli.exitCode()).isZero();
        }
    }

    @Test
    void forgetsWhatWasSaidWhenCleared() {
        try (var cli = chat("My name is Omar.\n/clear\nWhat is my name?\n", "--greedy")) {
            assertThat(cli.out().lines().toList().getLast()).doesNotContain("Omar");
            assertThat(cli.err()).contains("The conversation is forgotten.");
        }
    }

    @Test
    void readsOnlyWhatIsNewOfAConversation() {
        try (var cli = chat("What is the capital of France?\nWhat is the capital of Italy?\n", "--verbose")) {
            assertThat(cli.out()).isEqualTo("The capital of France is Paris.\nThe capital of Italy is Rome.\n");
            // Of the first prompt's 19 tokens the last four open a reply without thought, which is not kept.
            assertThat(cli.err())
                    .containsPattern("19 prompt tokens, 0 of them")
                    .containsPattern("43 prompt tokens, 15 of them");
        }
    }

    @Test
    void answersTheSameWithAndWithoutTokensKept() {
        var story = "Tell me a story about a cat and a dog.";
        try (var alone = chat("/clear\n" + story + "\n", "--greedy");
                var after = chat("What is the capital of France?\n/clear\n" + story + "\n", "--greedy")) {
            assertThat(after.out()).endsWith("Paris.\n" + alone.out());
        }
    }

    @Test
    void goesOnAfterLinesThatCannotBeAnswered() {
        var lines =
                "/fly\n\n" + "word ".repeat(300) + "\n/help\n/system\nWhat is the capital of France?\n/exit\nunread\n";
        try (var cli = chat(lines, "-c", "256")) {
            assertThat(cli.err())
                    .contains("There is no command /fly.")
                    .containsPattern("The prompt has \\d+ tokens and the context holds 256\\..* /clear forgets")
                    .contains("There are no instructions any more.");
            assertThat(cli.out()).isEqualTo("The capital of France is Paris.\n");
            assertThat(cli.exitCode()).isZero();
        }
    }

    @Test
    void leavesThinkAndNoThinkToTheModel() {
        try (var cli = chat("What is the capital of France? /think\n/no_think\n", "--think", "--greedy")) {
            assertThat(cli.err()).contains("capital").doesNotContain("no command");
        }
    }

    @Test
    void stopsTheAnswerAtTheFirstInterruptAndEndsAtTheSecond() throws Exception {
        try (var cli = CliProcess.start(folder, "chat", "--ignore-eos", "-n", "100000", "-c", "100000")) {
            cli.type("Tell me a story.\n").awaitOut(" ").signal("INT").awaitErr("Stopped.");
            cli.type("What is the capital of France?\n")
                    .awaitOut("Paris")
                    .signal("INT")
                    .awaitErr("Stopped.");
            cli.signal("INT").awaitEnd(2).assertNoCrash();
            assertThat(cli.exitCode()).isEqualTo(130);
        }
    }

    @Test
    void talksOnATerminal() {
        try (var cli = CliProcess.startOnTerminal(folder, "chat", "--think", "--greedy")) {
            cli.awaitOut("/help shows").awaitOut(PROMPT).type("What is the capital of France?\r");
            cli.awaitOut("\u001b[2mThe")
                    .awaitOut("The capital of France is Paris.")
                    .awaitOut(PROMPT);
            cli.type("\u0004").awaitEnd();
            assertThat(cli.exitCode()).isZero();
        }
    }

    @Test
    void takesControlKeysOnATerminal() {
        try (var cli = CliProcess.startOnTerminal(folder, "chat", "--ignore-eos", "-n", "100000", "-c", "100000")) {
            cli.awaitOut("/help shows")
                    .awaitOut(PROMPT)
                    .type("What is the capital of France?\r")
                    .awaitOut("Paris");
            cli.type("\u0003").awaitOut("Stopped.").awaitOut(PROMPT);
            cli.type("begun\u0003").awaitOut(PROMPT);
            cli.type("\u0003").awaitOut("Ctrl-C again ends the program").awaitOut(PROMPT);
            cli.type("\u0003").awaitEnd(2).assertNoCrash();
            assertThat(cli.exitCode()).isEqualTo(130);
        }
    }

    private CliProcess chat(String lines, String... options) {
        var arguments = new String[options.length + 1];
        arguments[0] = "chat";
        System.arraycopy(options, 0, arguments, 1, options.length);
        return CliProcess.start(folder, arguments).type(lines).endInput().awaitEnd();
    }
}
