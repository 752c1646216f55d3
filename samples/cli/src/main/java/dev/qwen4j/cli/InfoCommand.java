package dev.qwen4j.cli;

import dev.qwen4j.gguf.Gguf;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a GGUF file says about itself. Reads its header only, and needs no native code. */
@Command(
        name = "info",
        description = "Shows what a GGUF file says about itself, without loading the model.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Version.class)
final class InfoCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "A GGUF file.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--metadata", description = "List every key with its value.")
    private boolean metadata;

    @Option(names = "--tensors", description = "List every tensor with its type and shape.")
    private boolean tensors;

    @Override
    public Integer call() {
        var report = new GgufReport(Gguf.read(file));
        var output = new Output();
        output.print(report.summary().text());
        if (metadata) {
            output.print(System.lineSeparator() + report.metadata().text());
        }
        if (tensors) {
            output.print(System.lineSeparator() + report.tensors().text());
        }
        return 0;
    }
}
