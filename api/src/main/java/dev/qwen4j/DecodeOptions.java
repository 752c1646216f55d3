package dev.qwen4j;

/**
 * How tokens become text; immutable: each setter returns a changed copy.
 *
 * @param special whether control and unknown tokens are spelled out; without, they have no text
 * @param added whether the beginning and end of sequence that {@code addSpecial} adds count as text; without, they are left out where the model adds them
 * @see Tokenizer#decode(int[], java.util.function.UnaryOperator)
 */
public record DecodeOptions(boolean special, boolean added) {
    /** {@code special} false, {@code added} true. */
    public static DecodeOptions defaults() {
        return new DecodeOptions(false, true);
    }

    /** Changes whether control and unknown tokens are spelled out. */
    public DecodeOptions special(boolean special) {
        return new DecodeOptions(special, added);
    }

    /** Changes whether an added beginning and end of sequence count as text. */
    public DecodeOptions added(boolean added) {
        return new DecodeOptions(special, added);
    }
}
