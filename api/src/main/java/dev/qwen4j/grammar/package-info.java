/** Grammars that constrain what is generated: GBNF, checked here before native code reads it, and what wakes a lazy one. */
@NullMarked
package dev.qwen4j.grammar;

import org.jspecify.annotations.NullMarked;
