package dev.qwen4j.state;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The next 32 tokens of a sequence, the likeliest each time, and the logits that chose them. */
record Continuation(List<Integer> tokens, List<List<Float>> logits) {
    static final int LENGTH = 32;
    static final int[] PROMPT = new Random(11).ints(40, 0, 4000).toArray();
    static final int NEXT = 17;

    static Continuation of(Context context, int sequence) {
        var tokens = new ArrayList<Integer>();
        var logits = new ArrayList<List<Float>>();
        int token = NEXT;
        for (int i = 0; i < LENGTH; i++) {
            context.decode(new Batch().add(token, sequence, true));
            var row = context.logits();
            token = likeliest(row);
            tokens.add(token);
            logits.add(boxed(row));
        }
        return new Continuation(tokens, logits);
    }

    private static int likeliest(float[] row) {
        int best = 0;
        for (int i = 1; i < row.length; i++) {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    private static List<Float> boxed(float[] row) {
        var list = new ArrayList<Float>(row.length);
        for (float value : row) {
            list.add(value);
        }
        return list;
    }
}
