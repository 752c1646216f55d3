package dev.qwen4j;

import dev.qwen4j.internal.NativeContext;
import dev.qwen4j.internal.NativeMemory;
import java.util.Arrays;

/**
 * Where the entries of a batch go: checks them against the context, so that llama.cpp has nothing to assert, gives each its position, and remembers what
 * the sequences held before.
 */
final class Placement {
    private static final int UNTOUCHED = -1;

    private final NativeContext nativeContext;
    private final NativeMemory memory;
    private final KvCache cache;
    private final Tokenizer tokenizer;
    private final ContextLimits limits;
    /** The next position of each sequence that the batch touches, before it and while it is placed. */
    private final int[] before;

    private final int[] next;
    private int touched;
    private boolean anew;

    Placement(NativeContext nativeContext, KvCache cache, Tokenizer tokenizer, ContextLimits limits) {
        this.nativeContext = nativeContext;
        this.memory = nativeContext.memory();
        this.cache = cache;
        this.tokenizer = tokenizer;
        this.limits = limits;
        this.before = new int[limits.maxSequences()];
        this.next = new int[limits.maxSequences()];
        Arrays.fill(before, UNTOUCHED);
    }

    /** What the sequences hold now is what {@link #undo} goes back to. */
    void begin() {
        Arrays.fill(before, 0, touched, UNTOUCHED);
        touched = 0;
        anew = memory.isAbsent();
    }

    /** The same for a batch that is computed for itself, whatever the sequences hold. */
    void beginAnew() {
        begin();
        anew = true;
    }

    /** Places one token of sequence 0, with results: the case that must cost nothing. */
    void placeToken(int token) {
        tokenizer.checked(token);
        int position = start(0);
        limits.checkRoom(position, position, 1);
        var batch = nativeContext.batch();
        batch.beginTokens(1);
        batch.token(0, token);
        batch.position(0, 0, position);
        batch.sequence(0, 0, true);
    }

    /** Places some entries of a batch, behind those that were placed since {@link #begin}. */
    void place(Batch source, int from, int count, boolean[] outputs) {
        var batch = nativeContext.batch();
        if (source.hasEmbeddings()) {
            batch.beginEmbeddings(count, source.embeddings(), from, source.width());
        } else {
            batch.beginTokens(count);
        }
        batch.roomForShared(shared(source, from, count));
        for (int i = 0; i < count; i++) {
            int entry = from + i;
            if (!source.hasEmbeddings()) {
                batch.token(i, source.token(entry));
            }
            batch.sequence(i, source.sequence(entry), outputs[i]);
            if (source.others(entry).length > 0) {
                batch.others(i, source.others(entry));
            }
            boolean follows = source.position(entry, 0) == Batch.NEXT;
            int position = resolve(source, entry);
            batch.position(i, 0, position);
            if (source.hasEmbeddings()) {
                for (int dimension = 1; dimension < limits.positionDimensions(); dimension++) {
                    batch.position(i, dimension, position(source, entry, dimension, follows ? position : Batch.NEXT));
                }
            }
        }
    }

    /** What was placed last was computed. */
    void computed(Batch source, int from, int count) {
        cache.computed(source, from, count);
        for (int i = 0; i < count; i++) {
            for (int other : source.others(from + i)) {
                cache.share(
                        source.sequence(from + i), other, nativeContext.batch().position(i));
            }
        }
    }

    /** One token of sequence 0 was computed. */
    void computedToken() {
        cache.computedToken();
    }

    /** Checks that all entries of a batch will find room, without placing any. */
    void checkRoom(Batch batch) {
        for (int entry = 0; entry < batch.size(); entry++) {
            resolve(batch, entry);
        }
        begin();
    }

    /** The first dimension of an entry's position; those of its sequences that follow are behind it. */
    private int resolve(Batch source, int entry) {
        int sequence = source.sequence(entry);
        int following = start(sequence);
        int given = source.position(entry, 0);
        int position = given == Batch.NEXT ? following : given;
        if (!limits.hasRoom(position)) {
            throw new ContextFullException(limits.sequenceLength(), before[sequence], tokensOf(source, sequence));
        }
        next[sequence] = position + 1;
        for (int other : source.others(entry)) {
            start(other);
            next[other] = position + 1;
        }
        return position;
    }

    private static int tokensOf(Batch source, int sequence) {
        int count = 0;
        for (int entry = 0; entry < source.size(); entry++) {
            count += source.sequence(entry) == sequence ? 1 : 0;
        }
        return count;
    }

    /** Where the caller gave none, as llama.cpp places text: the same in all dimensions but the spare one. */
    private int position(Batch source, int entry, int dimension, int following) {
        if (following == Batch.NEXT) {
            return source.position(entry, dimension);
        }
        return dimension == limits.positionDimensions() - 1 ? 0 : following;
    }

    private static int shared(Batch source, int from, int count) {
        int numbers = 0;
        for (int entry = from; entry < from + count; entry++) {
            int others = source.others(entry).length;
            numbers += others == 0 ? 0 : others + 1;
        }
        return numbers;
    }

    /** Where a sequence went on when this batch began. */
    private int start(int sequence) {
        if (before[sequence] == UNTOUCHED) {
            before[sequence] = anew ? 0 : memory.lastPosition(sequence) + 1;
            next[sequence] = before[sequence];
            touched = Math.max(touched, sequence + 1);
        }
        return next[sequence];
    }

    /** How many cells all sequences hold; where some are shared, at most. */
    int cellsHeld() {
        long held = 0;
        for (int sequence = 0; sequence < limits.maxSequences(); sequence++) {
            held += memory.lastPosition(sequence) < 0
                    ? 0
                    : memory.lastPosition(sequence) - memory.firstPosition(sequence) + 1;
        }
        return (int) Math.min(held, limits.length());
    }

    /** What the first of the touched sequences held before. */
    int held() {
        for (int sequence = 0; sequence < touched; sequence++) {
            if (before[sequence] != UNTOUCHED) {
                return before[sequence];
            }
        }
        return 0;
    }

    /** The batch was computed. */
    void done() {
        if (!anew) {
            cache.settle();
        }
    }

    /**
     * Makes the touched sequences hold what they held before, or nothing where a cache cannot be cut; with recurrent states, all sequences hold nothing
     * once some was computed.
     *
     * @param begun whether some of the batch may have been computed
     */
    void undo(boolean begun) {
        if (anew) {
            return;
        }
        if (begun && cache.isSpoiltByStopping()) {
            cache.forgetAll();
            return;
        }
        for (int sequence = 0; sequence < touched; sequence++) {
            if (before[sequence] != UNTOUCHED) {
                cache.restore(sequence, before[sequence]);
            }
        }
    }
}
