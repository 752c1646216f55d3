package dev.qwen4j.oracle;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.KvCacheException;
import dev.qwen4j.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** What can be done to the cache of a model: each operation is refused, or what follows has the logits of a fresh evaluation. */
final class CacheOperations {
    private static final int LENGTH = 256;
    private static final int BATCH = 50;
    private static final int HELD = 60;
    private static final int ROLLBACK = 3;
    /** Of the largest logit: what another order of additions makes. */
    private static final float ROUNDING = 3e-4f;

    private final Model model;
    private final boolean unified;
    private final int[] tokens;
    private final List<String> wrong = new ArrayList<>();
    private int done;
    private int refused;
    private String off = "";

    CacheOperations(Model model, boolean unified, long seed) {
        this.model = model;
        this.unified = unified;
        this.tokens =
                new Random(seed).ints(HELD + 1, 0, model.tokenizer().size()).toArray();
    }

    List<String> wrong() {
        return wrong;
    }

    int done() {
        return done;
    }

    int refused() {
        return refused;
    }

    void run() {
        try (var fresh = context(1);
                var context = context(2)) {
            for (int length : new int[] {HELD - 1, HELD - ROLLBACK, HELD - ROLLBACK - 1, BATCH, 30}) {
                check(
                        "truncate to " + length,
                        context,
                        () -> context.kvCache().truncate(0, length),
                        () -> same(context, 0, length, fresh));
            }
            check(
                    "truncate and copy",
                    context,
                    () -> {
                        context.kvCache().truncate(0, HELD - 2);
                        context.kvCache().copy(0, 1);
                    },
                    () -> same(context, 1, HELD - 2, fresh) && same(context, 0, HELD - 2, fresh));
            check(
                    "copy",
                    context,
                    () -> context.kvCache().copy(0, 1),
                    () -> same(context, 1, HELD, fresh) && same(context, 0, HELD, fresh));
            check(
                    "copy a part",
                    context,
                    () -> context.kvCache().copy(0, 1, 0, 30),
                    () -> same(context, 1, 30, fresh) && same(context, 0, HELD, fresh));
            check(
                    "copy and truncate",
                    context,
                    () -> {
                        context.kvCache().copy(0, 1);
                        context.kvCache().truncate(1, HELD - 1);
                    },
                    () -> same(context, 1, HELD - 1, fresh) && same(context, 0, HELD, fresh));
            check(
                    "take back a draft",
                    context,
                    () -> {
                        context.decode(1, 2, 3, 4);
                        context.kvCache().truncate(0, HELD + 1);
                    },
                    () -> {
                        fresh.clear();
                        fresh.decode(Arrays.copyOf(tokens, HELD));
                        fresh.decode(1);
                        return close(context, 0, fresh);
                    });
            check(
                    "take back after another sequence",
                    context,
                    () -> {
                        context.decode(1, 2, 3);
                        context.decode(new Batch().add(5, 1, true).add(6, 1, true));
                        context.kvCache().truncate(0, HELD + 1);
                    },
                    () -> {
                        fresh.clear();
                        fresh.decode(Arrays.copyOf(tokens, HELD));
                        fresh.decode(1);
                        return close(context, 0, fresh);
                    });
            check("rewind", context, () -> {}, () -> {
                int kept = context.rewind(HELD - 2);
                return same(context, 0, kept, fresh);
            });
            check(
                    "close a gap",
                    context,
                    () -> {
                        context.kvCache().remove(0, 10, 20);
                        context.kvCache().shift(0, 20, HELD, -10);
                    },
                    () -> {
                        next(context, 0);
                        return true;
                    });
        }
    }

    private Context context(int sequences) {
        return model.newContext(o -> o.length(LENGTH * sequences)
                .maxSequences(sequences)
                .unified(unified)
                .rollbackTokens(ROLLBACK)
                .threads(1)
                .batchThreads(1));
    }

    private void check(String name, Context context, Runnable operation, BooleanSupplier same) {
        try {
            off = "";
            context.clear();
            context.decode(Arrays.copyOf(tokens, BATCH));
            for (int i = BATCH; i < HELD; i++) {
                context.decode(tokens[i]);
            }
            operation.run();
            done++;
            if (!same.getAsBoolean()) {
                wrong.add(name + ": other logits" + off);
            }
        } catch (KvCacheException e) {
            refused++;
        } catch (RuntimeException e) {
            wrong.add(name + ": " + e);
        }
    }

    /** Whether a sequence that holds so many of the tokens goes on as a fresh one. */
    private boolean same(Context context, int sequence, int held, Context fresh) {
        if (context.position(sequence) != held) {
            off += " sequence " + sequence + " holds " + context.position(sequence);
            return false;
        }
        fresh.clear();
        if (held > 0) {
            fresh.decode(Arrays.copyOf(tokens, held));
        }
        return close(context, sequence, fresh);
    }

    private boolean close(Context context, int sequence, Context fresh) {
        var expected = next(fresh, 0);
        var actual = next(context, sequence);
        float largest = 0;
        float difference = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
        }
        if (difference > ROUNDING * largest) {
            off += " sequence " + sequence + ": " + difference + " of " + largest;
        }
        return difference <= ROUNDING * largest;
    }

    private float[] next(Context context, int sequence) {
        context.decode(new Batch().add(tokens[HELD], sequence, true));
        return context.logits();
    }
}
