package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.child.ResidentMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;

/**
 * Random operations on engines of several models in turns, for as long as is wanted. What is checked is what {@link SoakRun} checks, and that the process does
 * not grow.
 */
final class Soak {
    private static final List<String> ARCHITECTURES = List.of("qwen3next", "gemma3", "mamba2");
    private static final Duration TURN = Duration.ofSeconds(6);
    private static final int TEXT = 800;
    private static final int ANSWER = 40;
    private static final long MOST_GROWTH_KIB = 200 * 1024;

    private Soak() {}

    /** {@code Soak SECONDS SEED [MODEL…]}. */
    public static void main(String... args) throws Exception {
        var models = args.length > 2 ? List.of(args).subList(2, args.length) : List.<String>of();
        run(
                Duration.ofSeconds(Long.parseLong(args[0])),
                Long.parseLong(args[1]),
                models,
                Files.createTempDirectory("soak"));
    }

    /** Runs; an AssertionError says what went wrong. */
    static void run(Duration time, long seed, List<String> only, Path folder) throws Exception {
        System.out.printf("[soak] %d s, seed %d%n", time.toSeconds(), seed);
        var models = new ArrayList<TestModel>();
        try {
            models.add(TestModel.nano());
            ARCHITECTURES.forEach(architecture -> models.add(TestModel.random(folder, architecture)));
            models.removeIf(model -> !only.isEmpty() && !only.contains(model.name()));
            var roundings = models.stream().map(Soak::rounding).toList();
            long begun = System.nanoTime();
            long warm = 0;
            int turns = 0;
            while (System.nanoTime() - begun < time.toNanos()) {
                int which = turns++ % models.size();
                turn(models.get(which), roundings.get(which), folder, new Random((seed + turns) * 0x9E3779B97F4A7C15L));
                long kib = ResidentMemory.kib();
                long seconds = (System.nanoTime() - begun) / 1_000_000_000;
                System.out.printf(
                        "[soak] %d s: resident %,d KiB, of which heap %,d KiB%n",
                        seconds, kib, Runtime.getRuntime().totalMemory() / 1024);
                if (seconds < time.toSeconds() / 3 || warm == 0) {
                    warm = Math.max(warm, kib);
                } else {
                    assertThat(kib - warm)
                            .as("KiB more than in the first third")
                            .isLessThan(MOST_GROWTH_KIB);
                }
            }
        } finally {
            models.forEach(TestModel::close);
        }
    }

    private static void turn(TestModel model, double rounding, Path folder, Random random) {
        try (var run = new SoakRun(model, rounding, folder, random)) {
            try {
                run.run(TURN);
            } finally {
                System.out.println("[soak] " + run);
            }
        }
    }

    /** Measures it, and that a token which does not belong there shows. */
    private static double rounding(TestModel model) {
        int[] text = model.text(TEXT);
        double rounding = Rounding.of(model.model(), text, SoakRun::context);
        double[] foreign = Rounding.ofAForeignToken(model.model(), text, ANSWER, SoakRun::context);
        System.out.printf(
                "[soak] %s: rounding %.6f; a foreign token changes answers by %.4f to %.4f, %d of %d by more than 3 times that%n",
                model.name(),
                rounding,
                Arrays.stream(foreign).min().orElseThrow(),
                Arrays.stream(foreign).max().orElseThrow(),
                DoubleStream.of(foreign).filter(each -> each > 3 * rounding).count(),
                foreign.length);
        assertThat(Arrays.stream(foreign).max().orElseThrow()).isGreaterThan(3 * rounding);
        return rounding;
    }
}
