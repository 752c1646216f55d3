/**
 * Finds, opens and initialises the native libraries of Qwen4j, and holds the few restricted calls that a handle needs.
 *
 * <p>{@link dev.qwen4j.bindings.NativeLibraries#load()} is the way in.
 */
@NullMarked
package dev.qwen4j.bindings;

import org.jspecify.annotations.NullMarked;
