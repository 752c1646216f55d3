/** The libraries, as resources beside the class that opens them. */
@NullMarked
package dev.qwen4j.natives.linux_x86_64;

import org.jspecify.annotations.NullMarked;
