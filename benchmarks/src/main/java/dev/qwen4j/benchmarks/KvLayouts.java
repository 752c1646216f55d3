package dev.qwen4j.benchmarks;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.State;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code make kv-layout}: what a step costs that computes a token of each of some sequences, where others hold cells, too, in one pool or each in a stream of
 * its own; and what it costs to move a sequence out of the pool and back. Prints CSV.
 */
@Command(name = "kv-layout", mixinStandardHelpOptions = true, description = "Measures layouts of the KV cache.")
final class KvLayouts implements Callable<Integer> {
    private static final int[] ACTIVE = {1, 8, 32, 80};
    private static final int[] IDLE_CELLS = {0, 4096, 16_384, 65_536};

    /** Of each sequence that is idle. */
    private static final int IDLE_LENGTH = 1024;

    /** Of each sequence that goes on, before the first step. */
    private static final int OWN_LENGTH = 128;

    private static final int WARM_UP_STEPS = 3;
    private static final int MOVES = 9;

    @Option(names = "--model", required = true)
    private Path file = Path.of("");

    @Option(names = "--threads", defaultValue = "2")
    private int threads;

    @Option(names = "--steps", defaultValue = "15", description = "Steps of which the median is taken.")
    private int steps;

    private final SplittableRandom random = new SplittableRandom(42);

    /** Measures and prints. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new KvLayouts()).execute(args));
    }

    @Override
    public Integer call() {
        System.out.println("model,layout,active,idle_cells,ms");
        try (var model = Model.load(file)) {
            for (int idle : IDLE_CELLS) {
                for (int active : ACTIVE) {
                    measure(model, true, active, idle);
                    measure(model, false, active, idle);
                }
            }
            measureMoves(model);
        }
        return 0;
    }

    private void measure(Model model, boolean unified, int active, int idleCells) {
        int idle = idleCells / IDLE_LENGTH;
        int ownLength = OWN_LENGTH + WARM_UP_STEPS + steps;
        // A stream has as many cells as the longest sequence takes, and llama.cpp rounds to 256.
        int length = unified
                ? idleCells + active * ownLength
                : (active + idle) * Math.max(idle == 0 ? 0 : IDLE_LENGTH, Math.ceilDiv(ownLength, 256) * 256);
        try (var context = model.newContext(o ->
                o.length(length).maxSequences(active + idle).unified(unified).threads(threads))) {
            fill(context, active, idle, IDLE_LENGTH);
            fill(context, 0, active, OWN_LENGTH);
            var took = new double[steps];
            for (int step = -WARM_UP_STEPS; step < steps; step++) {
                var batch = new Batch();
                for (int sequence = 0; sequence < active; sequence++) {
                    batch.add(token(model), sequence, true);
                }
                long start = System.nanoTime();
                context.decode(batch);
                if (step >= 0) {
                    took[step] = milliseconds(start);
                }
            }
            print(unified ? "unified" : "streams", active, idleCells, new Sample(took).median());
        }
    }

    /** Gives sequences their tokens: computes those of the first, and copies them into the others, for it is cells that count and not what is in them. */
    private void fill(Context context, int first, int count, int length) {
        if (count == 0) {
            return;
        }
        var batch = new Batch();
        for (int i = 0; i < length; i++) {
            batch.add(token(context.model()), first, i == length - 1);
        }
        context.prefill(batch);
        try (var state = context.states().save(first)) {
            for (int sequence = first + 1; sequence < first + count; sequence++) {
                context.states().restore(state, sequence);
            }
        }
    }

    private void measureMoves(Model model) {
        try (var context = model.newContext(
                o -> o.length(4096).maxSequences(2).unified(true).threads(threads))) {
            fill(context, 0, 1, IDLE_LENGTH);
            var out = new double[MOVES];
            var back = new double[MOVES];
            for (int i = 0; i < MOVES; i++) {
                long start = System.nanoTime();
                try (State state = context.states().save(0)) {
                    context.kvCache().remove(0);
                    out[i] = milliseconds(start);
                    start = System.nanoTime();
                    context.states().restore(state, 0);
                    back[i] = milliseconds(start);
                }
            }
            print("out of the pool", 1, IDLE_LENGTH, new Sample(out).median());
            print("back into the pool", 1, IDLE_LENGTH, new Sample(back).median());
            var again = new double[MOVES];
            for (int i = 0; i < MOVES; i++) {
                context.clear();
                var tokens = new int[IDLE_LENGTH];
                Arrays.setAll(tokens, _ -> token(model));
                long start = System.nanoTime();
                context.prefill(tokens);
                again[i] = milliseconds(start);
            }
            print("computed again", 1, IDLE_LENGTH, new Sample(again).median());
        }
    }

    private int token(Model model) {
        return random.nextInt(model.tokenizer().size());
    }

    private void print(String layout, int active, int idleCells, double milliseconds) {
        System.out.printf(
                Locale.ROOT, "%s,%s,%d,%d,%.2f%n", file.getFileName(), layout, active, idleCells, milliseconds);
    }

    private static double milliseconds(long since) {
        return (System.nanoTime() - since) / 1e6;
    }
}
