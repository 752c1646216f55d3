package dev.qwen4j.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program: its commands, and the only place that ends the process. */
@Command(
        name = "qwen4j",
        description = "Runs Qwen3 and its relatives on this machine.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "run|chat|info",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "  0:done",
            "  1:it failed; standard error says why",
            "  2:a wrong command or option",
            "130:ended by Ctrl-C (SIGINT)",
            "141:the reader of standard output went away",
            "143:ended by SIGTERM"
        },
        footer = {
            "",
            "Examples:",
            "  qwen4j run \"What is the capital of France?\"",
            "  qwen4j run -m Qwen3-4B-Q4_K_M.gguf --think < question.txt > answer.txt",
            "  qwen4j chat -m Qwen3-4B-Q4_K_M.gguf -c 16384",
            "  qwen4j info --tensors Qwen3-4B-Q4_K_M.gguf"
        })
final class Main {
    private boolean verbose;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Log what llama.cpp does, count tokens, and show where a failure came from.")
    void setVerbose(boolean on) {
        verbose = on;
        if (on) {
            // Read by logback.xml, which nothing has loaded yet.
            System.setProperty("qwen4j.cli.log", "DEBUG");
        }
    }

    boolean isVerbose() {
        return verbose;
    }

    /** Runs the program and ends the process with its exit code. */
    public static void main(String[] args) {
        System.setOut(utf8(FileDescriptor.out));
        System.setErr(utf8(FileDescriptor.err));
        System.exit(commandLine().execute(args));
    }

    private static CommandLine commandLine() {
        var main = new Main();
        var failures = new Failures(main);
        return new CommandLine(main)
                .addSubcommand(new RunCommand(main))
                .addSubcommand(new ChatCommand(main, () -> System.exit(Failures.INTERRUPTED)))
                .addSubcommand(new InfoCommand())
                // A prompt may begin with an @.
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    /** Answers are UTF-8 whatever the locale says: a question mark for every accent helps nobody. */
    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
