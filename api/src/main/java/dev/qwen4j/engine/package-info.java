/** Many sessions on one model: an {@link dev.qwen4j.engine.Engine} decodes them together, and computes what they have in common once. */
@NullMarked
package dev.qwen4j.engine;

import org.jspecify.annotations.NullMarked;
