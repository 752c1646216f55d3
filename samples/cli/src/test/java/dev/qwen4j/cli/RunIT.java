package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunIT {
    private static final String QUESTION = "What is the capital of France?";
    private static final String ANSWER = "The capital of France is Paris.\n";
    private static final String NANO =
            "Using nano, a toy model that knows next to nothing; pass -m FILE for a real one.\n";

    @TempDir
    Path folder;

    @Test
    void writesTheAnswerAloneToStandardOutput() {
        try (var cli = CliProcess.run(folder, "run", QUESTION)) {
            assertThat(cli.out()).isEqualTo(ANSWER);
            assertThat(cli.err()).isEqualTo(NANO);
            assertThat(cli.exitCode()).isZero();
            cli.assertNoCrash();
        }
    }

    @Test
    void readsThePromptFromStandardInputAndJoinsWords() {
        try (var piped = CliProcess.start(folder, "run")
                        .type(QUESTION + "\n")
                        .endInput()
                        .awaitEnd();
                var words = CliProcess.run(folder, "run", "What", "is", "the", "capital", "of", "France?")) {
            assertThat(piped.out()).isEqualTo(ANSWER);
            assertThat(words.out()).isEqualTo(ANSWER);
        }
    }

    @Test
    void writesThoughtsToStandardError() {
        try (var cli = CliProcess.run(folder, "run", "--think", "--greedy", QUESTION)) {
            assertThat(cli.out()).isEqualTo(ANSWER);
            assertThat(cli.err()).isEqualTo(NANO + "The country is France. Its capital is Paris.\n");
        }
    }

    @Test
    void saysThatTheAnswerWasCutAtTheMostTokens() {
        try (var cli = CliProcess.run(folder, "run", "-n", "3", QUESTION)) {
            assertThat(cli.out()).isEqualTo("The capital of\n");
            assertThat(cli.err()).isEqualTo(NANO + "The answer was cut at 3 tokens; -n allows more.\n");
            assertThat(cli.exitCode()).isZero();
        }
    }

    @Test
    void saysThatTheAnswerWasCutWhereTheContextEnds() {
        try (var cli = CliProcess.run(folder, "run", "--ignore-eos", "-c", "256", QUESTION)) {
            assertThat(cli.err())
                    .endsWith("The answer was cut, as the context is full with 256 tokens; -c makes room for more.\n");
            assertThat(cli.exitCode()).isZero();
        }
    }

    @Test
    void repeatsItselfForTheSameSeed() {
        var options = new String[] {"run", "--seed", "42", "--temperature", "5", "--top-p", "1", "-n", "20", "Hi"};
        try (var once = CliProcess.run(folder, options);
                var again = CliProcess.run(folder, options)) {
            options[2] = "43";
            try (var other = CliProcess.run(folder, options)) {
                assertThat(again.out()).isEqualTo(once.out()).isNotEqualTo(other.out());
            }
        }
    }

    @Test
    void countsTokensWhenVerbose() {
        try (var cli = CliProcess.run(folder, "run", "--verbose", QUESTION)) {
            assertThat(cli.out()).isEqualTo(ANSWER);
            assertThat(cli.err())
                    .containsPattern("19 prompt tokens, 0 of them reused, .*; 7 answer tokens, .* a second\\)\n$");
        }
    }

    @Test
    void endsQuietlyWhenNobodyReadsTheAnswer() throws Exception {
        try (var cli = CliProcess.start(folder, "run", "--ignore-eos", "-n", "100000", "-c", "2048", QUESTION)) {
            cli.endInput().awaitOut("capital").closeOutput();
            cli.awaitEnd();
            assertThat(cli.err()).isEqualTo(NANO);
            assertThat(cli.exitCode()).isEqualTo(141);
            cli.assertNoCrash();
        }
    }
}
