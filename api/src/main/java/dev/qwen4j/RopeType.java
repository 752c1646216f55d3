package dev.qwen4j;

/** How a model turns positions into rotations; {@code llama_rope_type} in llama.h. */
public enum RopeType {
    /** Not at all: positions are learned, or part of a recurrent state. */
    NONE,
    /** Neighbouring numbers are rotated together. */
    NORMAL,
    /** A number and the one half a head further are, as in GPT-NeoX and Qwen. */
    NEOX,
    /** As NEOX, with several positions a token, for time, height and width (Qwen2-VL). */
    MROPE,
    /** As MROPE, the positions interleaved (Qwen3-VL). */
    IMROPE,
    /** As MROPE, in a vision encoder. */
    VISION
}
