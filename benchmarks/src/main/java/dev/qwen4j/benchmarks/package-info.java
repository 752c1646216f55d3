/** Side-by-side runs of Qwen4j and llama.cpp's own programs, and the table and file that come of them. */
@NullMarked
package dev.qwen4j.benchmarks;

import org.jspecify.annotations.NullMarked;
