/**
 * What jextract generated: one method for each C function, one class for each struct. Never edited by hand.
 *
 * <p>Call {@link dev.qwen4j.bindings.NativeLibraries#load()} before the first use: a library that cannot be loaded is
 * then an exception with an explanation, and not an {@link ExceptionInInitializerError}.
 */
@NullMarked
package dev.qwen4j.bindings.generated;

import org.jspecify.annotations.NullMarked;
