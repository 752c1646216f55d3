/** Tests of the CLI; those named IT run its jar in processes of their own. */
@NullMarked
package dev.qwen4j.cli;

import org.jspecify.annotations.NullMarked;
