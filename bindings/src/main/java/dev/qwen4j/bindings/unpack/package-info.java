/**
 * Turns resources with known digests into files in a folder of the user's cache: shared libraries, the nano model.
 *
 * <p>{@link dev.qwen4j.bindings.unpack.Unpacker#unpack} is the way in. Nothing here calls native code.
 */
@NullMarked
package dev.qwen4j.bindings.unpack;

import org.jspecify.annotations.NullMarked;
