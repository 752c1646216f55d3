package dev.qwen4j;

import java.util.Arrays;

/**
 * Tokens, or embeddings in their place, to be decoded together: of which sequences, at which positions, and which of them want results.
 *
 * <p>Plain data of the caller's: reusable after {@link #clear}, for one thread at a time, nothing to close. What depends on a context is checked when it
 * is decoded.
 *
 * {@snippet :
 * var batch = new Batch();
 * for (int sequence = 0; sequence < 8; sequence++) {
 *     batch.add(latest[sequence], sequence, true);
 * }
 * context.decode(batch);
 * }
 */
public final class Batch {
    /** Behind what the sequence holds. */
    static final int NEXT = -1;

    private static final int[] NO_OTHERS = {};
    private static final int DIMENSIONS = 4;

    private final int width;
    private int size;
    private int[] tokens = new int[16];
    private float[] embeddings = new float[0];
    /** {@link #DIMENSIONS} for each entry. */
    private int[] positions = new int[16 * DIMENSIONS];

    private int[] sequences = new int[16];
    private int[][] others = new int[16][];
    private boolean[] outputs = new boolean[16];

    private Batch(int width) {
        this.width = width;
    }

    /** An empty batch of tokens. */
    public Batch() {
        this(0);
    }

    /** An empty batch of embeddings, such as an image's. */
    public static Batch ofEmbeddings(int width) {
        if (width < 1) {
            throw new IllegalArgumentException(
                    "width is " + width + "; it must be the model's inputEmbeddingLength, at least 1.");
        }
        return new Batch(width);
    }

    /** A batch of tokens of sequence 0 of which the last wants results, as a prompt's does. */
    public static Batch of(int... tokens) {
        var batch = new Batch();
        batch.grow(tokens.length);
        for (int i = 0; i < tokens.length; i++) {
            batch.add(tokens[i], i == tokens.length - 1);
        }
        return batch;
    }

    /** Adds a token of sequence 0, behind what the sequence holds. */
    public Batch add(int token, boolean output) {
        return add(token, 0, output);
    }

    /** Adds a token of a sequence, behind what the sequence holds. */
    public Batch add(int token, int sequence, boolean output) {
        requireTokens();
        int entry = next(sequence, NO_OTHERS, output);
        tokens[entry] = token;
        return this;
    }

    /**
     * Adds a token at a position of its own, which one or more sequences share.
     *
     * @throws IllegalArgumentException if the position is negative, or no sequence is named; the batch is then as it was
     */
    public Batch addAt(int token, int position, boolean output, int... sharing) {
        requireTokens();
        int checked = checkedPosition(position);
        int at = next(first(sharing), Arrays.copyOfRange(sharing, 1, sharing.length), output);
        tokens[at] = token;
        positions[at * DIMENSIONS] = checked;
        return this;
    }

    /** Adds an embedding to a sequence, behind what the sequence holds. */
    public Batch addEmbedding(float[] embedding, int sequence, boolean output) {
        requireEmbedding(embedding);
        putEmbedding(next(sequence, NO_OTHERS, output), embedding);
        return this;
    }

    /**
     * Adds an embedding at a position of its own, which one or more sequences share.
     *
     * @param position one number, or four where the model has several dimensions of positions ({@link Model#positionDimensions}), as Qwen-VL has: time,
     *     height, width, and a spare one
     */
    public Batch addEmbeddingAt(float[] embedding, int[] position, boolean output, int... sharing) {
        requireEmbedding(embedding);
        if (position.length != 1 && position.length != DIMENSIONS) {
            throw new IllegalArgumentException("position has " + position.length + " numbers; it must have 1 or 4.");
        }
        Arrays.stream(position).forEach(Batch::checkedPosition);
        int at = next(first(sharing), Arrays.copyOfRange(sharing, 1, sharing.length), output);
        putEmbedding(at, embedding);
        System.arraycopy(position, 0, positions, at * DIMENSIONS, position.length);
        if (position.length == 1) {
            Arrays.fill(positions, at * DIMENSIONS + 1, at * DIMENSIONS + DIMENSIONS - 1, position[0]);
        }
        return this;
    }

    /** Removes all entries. */
    public Batch clear() {
        size = 0;
        return this;
    }

    /** The number of entries. */
    public int size() {
        return size;
    }

    boolean hasEmbeddings() {
        return width > 0;
    }

    /** The numbers of one embedding; 0 for tokens. */
    int width() {
        return width;
    }

    int token(int entry) {
        return tokens[entry];
    }

    float[] embeddings() {
        return embeddings;
    }

    /** A position, or {@link #NEXT}, which only the first dimension has. */
    int position(int entry, int dimension) {
        return positions[entry * DIMENSIONS + dimension];
    }

    int sequence(int entry) {
        return sequences[entry];
    }

    /** The sequences beside the first. */
    int[] others(int entry) {
        return others[entry];
    }

    boolean output(int entry) {
        return outputs[entry];
    }

    private int next(int sequence, int[] alsoIn, boolean output) {
        grow(1);
        sequences[size] = sequence;
        others[size] = alsoIn;
        outputs[size] = output;
        Arrays.fill(positions, size * DIMENSIONS, (size + 1) * DIMENSIONS, 0);
        positions[size * DIMENSIONS] = NEXT;
        return size++;
    }

    private void grow(int more) {
        if (size + more > tokens.length) {
            int room = Math.max(size + more, tokens.length * 2);
            tokens = Arrays.copyOf(tokens, room);
            positions = Arrays.copyOf(positions, room * DIMENSIONS);
            sequences = Arrays.copyOf(sequences, room);
            others = Arrays.copyOf(others, room);
            outputs = Arrays.copyOf(outputs, room);
        }
    }

    private void putEmbedding(int entry, float[] embedding) {
        if ((entry + 1) * width > embeddings.length) {
            embeddings = Arrays.copyOf(embeddings, Math.multiplyExact(Math.max(entry + 1, entry * 2), width));
        }
        System.arraycopy(embedding, 0, embeddings, entry * width, width);
    }

    private void requireTokens() {
        if (hasEmbeddings()) {
            throw new IllegalArgumentException("This is a batch of embeddings; put tokens into another one.");
        }
    }

    private void requireEmbedding(float[] embedding) {
        if (!hasEmbeddings()) {
            throw new IllegalArgumentException(
                    "This is a batch of tokens; make one with ofEmbeddings, and put embeddings into that.");
        }
        if (embedding.length != width) {
            throw new IllegalArgumentException(
                    "The embedding has " + embedding.length + " numbers; the batch is for " + width + ".");
        }
    }

    private static int first(int[] sharing) {
        if (sharing.length == 0) {
            throw new IllegalArgumentException("There is no sequence; name at least one.");
        }
        return sharing[0];
    }

    private static int checkedPosition(int position) {
        if (position < 0) {
            throw new IllegalArgumentException("position is " + position + "; it must be 0 or more.");
        }
        return position;
    }
}
