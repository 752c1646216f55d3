package dev.qwen4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code make bench}. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measures Qwen4j beside llama.cpp.")
final class Main implements Callable<Integer> {
    @Option(names = "--only", split = ",", description = "Names of benchmarks, with commas between; default: all.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--pairs", defaultValue = "15", description = "Pairs of runs; default: ${DEFAULT-VALUE}.")
    private int pairs;

    @Option(names = "--repetitions", defaultValue = "3", description = "Repetitions a run; default: ${DEFAULT-VALUE}.")
    private int repetitions;

    @Option(names = "--rounds", defaultValue = "1000", description = "Pairs of loops; default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--engine-pairs",
            defaultValue = "5",
            description = "Pairs of runs of the engine; default: ${DEFAULT-VALUE}.")
    private int enginePairs;

    @Option(names = "--threads", description = "Threads that compute; default: one a processor.")
    private @Nullable Integer threads;

    @Option(names = "--programs", required = true, description = "Folder of llama.cpp's programs.")
    private Path programs = Path.of("");

    @Option(names = "--scripts", required = true, description = "Folder of the scripts that make models.")
    private Path scripts = Path.of("");

    @Option(names = "--models", required = true, description = "Folder where models are kept.")
    private Path models = Path.of("");

    @Option(names = "--peer-source", required = true, description = "Program that runs the other Java binding.")
    private Path peerSource = Path.of("");

    @Option(names = "--peer-jars", required = true, description = "Folder of the other Java binding's jars.")
    private Path peerJars = Path.of("");

    @Option(names = "--results", required = true, description = "File to write.")
    private Path results = Path.of("");

    /** Measures, prints and writes. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main())
                .setExecutionExceptionHandler((e, command, arguments) -> {
                    if (e instanceof IllegalArgumentException) {
                        command.getErr().println(e.getMessage());
                        return ExitCode.USAGE;
                    }
                    throw e;
                })
                .execute(args));
    }

    @Override
    public Integer call() {
        var settings = new Settings(
                pairs,
                repetitions,
                rounds,
                enginePairs,
                threads == null ? Runtime.getRuntime().availableProcessors() : threads,
                programs,
                scripts,
                models,
                peerSource,
                peerJars);
        var benchmarks = Benchmarks.named(only);
        var machine = Machine.here();
        var table = new Table(System.out);
        table.machine(machine);
        var found = new ArrayList<Result>();
        int failures = 0;
        for (var benchmark : benchmarks) {
            try {
                var result = benchmark.run(settings, new Progress());
                table.result(benchmark, result);
                found.add(result);
            } catch (RuntimeException e) {
                // The others may have figures all the same.
                table.failure(benchmark, e);
                e.printStackTrace();
                failures++;
            }
            // After each, so that what was measured is not lost with what comes after it.
            ResultsFile.write(results, machine, found);
        }
        return failures == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
