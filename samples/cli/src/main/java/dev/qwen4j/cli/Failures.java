package dev.qwen4j.cli;

import dev.qwen4j.Qwen4jException;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns exceptions into one line on standard error and an exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    static final int INTERRUPTED = 130;
    private static final int OUTPUT_CLOSED = 141;

    private final Main main;

    Failures(Main main) {
        this.main = main;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        var command = e.getCommandLine().getCommandSpec();
        say(String.valueOf(e.getMessage()));
        System.err.println("Try \"" + command.qualifiedName() + " --help\".");
        return command.exitCodeOnInvalidInput();
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parsed) {
        // picocli hands over Errors as the cause of its own exception.
        var failure = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        if (failure instanceof OutputClosedException) {
            return OUTPUT_CLOSED;
        }
        say(describe(failure));
        if (main.isVerbose()) {
            failure.printStackTrace();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** One line for people: the message of what was thrown on purpose, and the name of what was not. */
    static String describe(Throwable failure) {
        var message = failure.getMessage();
        if (message == null || failure instanceof Error) {
            return failure + ". --verbose shows where it came from.";
        }
        // llama.cpp's last log lines come after the first one; --verbose shows them as they are.
        return failure instanceof Qwen4jException
                ? message.lines().map(String::strip).collect(Collectors.joining(" "))
                : message;
    }

    static void say(String message) {
        System.err.println("qwen4j: " + message);
    }
}
