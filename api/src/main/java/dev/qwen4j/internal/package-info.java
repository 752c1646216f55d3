/** The only package of this module that touches {@code java.lang.foreign}: native objects as Java objects, without their rules. Not exported. */
@NullMarked
package dev.qwen4j.internal;

import org.jspecify.annotations.NullMarked;
