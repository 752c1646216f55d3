/** A terminal program on Qwen4j: {@code run}, {@code chat} and {@code info}. */
@NullMarked
package dev.qwen4j.cli;

import org.jspecify.annotations.NullMarked;
