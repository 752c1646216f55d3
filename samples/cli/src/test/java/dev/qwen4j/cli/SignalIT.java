package dev.qwen4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals end the program with their code within two seconds, whatever native code is doing. */
class SignalIT {
    private static final long PATIENCE_SECONDS = 2;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"run, TERM, 143", "run, INT, 130", "chat, TERM, 143", "chat, INT, 130"})
    void endDuringLoad(String command, String signal, int code) throws Exception {
        try (var cli = CliProcess.start(folder, command)) {
            cli.type("Hi\n");
            if (command.equals("run")) {
                cli.endInput();
            }
            cli.awaitErr("Using nano").signal(signal);
            assertEnded(cli, code);
        }
    }

    @ParameterizedTest
    @CsvSource({"run, TERM, 143", "run, INT, 130", "chat, TERM, 143"})
    void endDuringPrefill(String command, String signal, int code) throws Exception {
        try (var cli = prefilling(command)) {
            cli.signal(signal);
            assertEnded(cli, code);
            assertThat(cli.out()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"run, TERM, 143", "run, INT, 130", "chat, TERM, 143"})
    void endDuringDecode(String command, String signal, int code) throws Exception {
        try (var cli = CliProcess.start(folder, command, "--ignore-eos", "-n", "100000", "-c", "100000")) {
            cli.type("Tell me a story.\n");
            if (command.equals("run")) {
                cli.endInput();
            }
            cli.awaitOut(" ").signal(signal);
            assertEnded(cli, code);
        }
    }

    @Test
    void endAChatDuringPrefillWhenTheyComeTwice() throws Exception {
        try (var cli = prefilling("chat")) {
            cli.signalUntilEnded("INT", PATIENCE_SECONDS);
            assertEnded(cli, 130);
        }
    }

    @Test
    void stopAPrefillAndNotTheChat() throws Exception {
        try (var cli = prefilling("chat")) {
            cli.signal("INT").awaitErr("Stopped.");
            cli.type("What is the capital of France?\n").awaitOut("The capital of France is Paris.");
            cli.endInput().awaitEnd();
            assertThat(cli.exitCode()).isZero();
        }
    }

    /** In the middle of a prompt that takes many seconds. */
    private CliProcess prefilling(String command) {
        var cli = CliProcess.start(folder, command, "--verbose", "-c", "60000");
        cli.type("word ".repeat(25_000) + "\n");
        if (command.equals("run")) {
            cli.endInput();
        }
        return cli.awaitErr("Reading a prompt of");
    }

    private static void assertEnded(CliProcess cli, int code) {
        cli.awaitEnd(PATIENCE_SECONDS).assertNoCrash();
        assertThat(cli.exitCode()).isEqualTo(code);
    }
}
