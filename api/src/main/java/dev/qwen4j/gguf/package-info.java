/**
 * Reads what a GGUF file says about itself, without native code and without believing any number in it.
 *
 * <p>{@link dev.qwen4j.gguf.Gguf#read} is called before every model load, so that a wrong, damaged or half-downloaded
 * file is a {@link dev.qwen4j.gguf.GgufException} with advice, and never reaches llama.cpp. It checks what llama.cpp's
 * {@code gguf.cpp} (version 0.5.0) checks, and a little more.
 */
@NullMarked
package dev.qwen4j.gguf;

import org.jspecify.annotations.NullMarked;
