package dev.qwen4j.engine;

/** Why no more of a prompt was there already. */
public enum Reuse {
    /** All of it that can be was there: all but the last token, which is computed for what comes after it. */
    ALL,
    /** Nothing that was computed before begins as the prompt does. */
    NOTHING_CACHED,
    /** The rest was never computed: the prompt goes its own way there. */
    DIFFERS,
    /** More was there once, and had to make room for others. */
    EVICTED,
    /** More was computed, but this model's state cannot be cut, and none was kept at that place. */
    CANNOT_BE_CUT,
    /** A deterministic generation reuses nothing. */
    DETERMINISTIC
}
