package dev.qwen4j.mutation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Opens the mutants of the seeds that come on standard input, one a line; says which it opens, so that it can be known if it dies, and then how it
 * ended. With a fourth argument, a seed, opens that one and keeps its file.
 */
final class MutantsMain {
    private final Originals originals;
    private final Path folder;

    private MutantsMain(Path nano, Path architectures, Path folder) throws IOException {
        this.originals = new Originals(nano, architectures);
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException {
        var main = new MutantsMain(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
        if (args.length > 3) {
            main.open(Long.parseLong(args[3]));
            return;
        }
        System.out.println("ready");
        try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                Files.delete(main.open(Long.parseLong(line)));
            }
        }
        // Threads may be left that spin.
        Runtime.getRuntime().halt(0);
    }

    private Path open(long seed) throws IOException {
        var mutant = Mutant.of(originals, seed);
        System.out.println("seed " + seed + " " + oneLine(mutant.how()));
        System.out.flush();
        // A file of its own: what is left of an earlier one may be mapped still.
        var file = folder.resolve("mutant-" + seed + ".gguf");
        mutant.write(file);
        var outcome = Opening.open(file, seed % 10 == 0 ? 2 : 1);
        System.out.println(outcome.ending() + (outcome.spoilt() ? " SPOILT " : " ") + oneLine(outcome.words()));
        System.out.flush();
        return file;
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " | ");
    }
}
