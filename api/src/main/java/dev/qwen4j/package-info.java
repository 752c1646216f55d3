/**
 * Models and what they are used through: a {@link dev.qwen4j.Model} is loaded, a {@link dev.qwen4j.Context} decodes tokens with it, a
 * {@link dev.qwen4j.Sampler} picks the next one, a {@link dev.qwen4j.Tokenizer} turns text into tokens and back, and a
 * {@link dev.qwen4j.ChatTemplate} turns a conversation into text.
 *
 * <p>Ownership is a tree: closing a model closes its contexts and templates, closing a context closes its samplers. Closing is always safe, from any
 * thread and at any time; using what is closed is an {@link java.lang.IllegalStateException}.
 */
@NullMarked
package dev.qwen4j;

import org.jspecify.annotations.NullMarked;
