package dev.qwen4j;

/**
 * How rotary positions are stretched beyond the length that a model was trained on; immutable.
 *
 * <p>The parameters are those of <a href="https://arxiv.org/abs/2309.00071">YaRN</a> (Peng et al., 2023) and of llama.cpp's context parameters of the
 * same names.
 *
 * @param method how; {@link Method#MODEL} is as the model's file says
 * @param frequencyBase the base of the rotation frequencies, above 0, or 0 for the model's
 * @param frequencyScale the factor of the frequencies, such as 0.25 for four times the length; above 0, or 0 for the model's
 * @param extrapolationMix YaRN's mix of extrapolation, 0 to 1, or negative for the model's
 * @param attentionFactor YaRN's factor of the attention's magnitude, or negative for the model's
 * @param betaFast YaRN's upper correction dimension, or negative for the model's
 * @param betaSlow YaRN's lower correction dimension, or negative for the model's
 * @param originalLength the length in tokens that the model was trained on, or 0 for what the model's file says
 */
public record RopeScaling(
        Method method,
        float frequencyBase,
        float frequencyScale,
        float extrapolationMix,
        float attentionFactor,
        float betaFast,
        float betaSlow,
        int originalLength) {

    /** The methods of scaling. */
    public enum Method {
        /** As the model's file says. */
        MODEL,
        NONE,
        LINEAR,
        YARN,
        LONGROPE
    }

    private static final float FROM_MODEL = -1;

    /** Checks the numbers. */
    public RopeScaling {
        requirePositive("frequencyBase", frequencyBase);
        requirePositive("frequencyScale", frequencyScale);
        requireFinite("extrapolationMix", extrapolationMix);
        requireFinite("attentionFactor", attentionFactor);
        requireFinite("betaFast", betaFast);
        requireFinite("betaSlow", betaSlow);
        if (originalLength < 0) {
            throw new IllegalArgumentException("originalLength is " + originalLength + "; it must be 0 or more.");
        }
    }

    /** All as the model's file says. */
    public static RopeScaling model() {
        return of(Method.MODEL, 0);
    }

    /** Linear interpolation to so many times the trained length. */
    public static RopeScaling linear(float factor) {
        return of(Method.LINEAR, inverse(factor));
    }

    /** YaRN to so many times the trained length, as Qwen3's makers recommend beyond 32,768 tokens. */
    public static RopeScaling yarn(float factor) {
        return of(Method.YARN, inverse(factor));
    }

    private static RopeScaling of(Method method, float frequencyScale) {
        return new RopeScaling(method, 0, frequencyScale, FROM_MODEL, FROM_MODEL, FROM_MODEL, FROM_MODEL, 0);
    }

    private static float inverse(float factor) {
        if (!(factor >= 1 && Float.isFinite(factor))) {
            throw new IllegalArgumentException("factor is " + factor + "; it must be 1 or more.");
        }
        return 1 / factor;
    }

    private static void requirePositive(String name, float value) {
        requireFinite(name, value);
        if (value < 0) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be above 0, or 0 for the model's.");
        }
    }

    private static void requireFinite(String name, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be a number.");
        }
    }
}
