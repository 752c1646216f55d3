/**
 * Qwen3-Nano: a Qwen3 of 2.4 million parameters for a first run, for tests and for demos.
 *
 * <p>It is a toy. It answers in Qwen3's manner, thinking and tool calls included, and knows nothing but the synthetic chats
 * that it was trained on: what it says about anything else is wrong.
 */
@NullMarked
package dev.qwen4j.nano;

import org.jspecify.annotations.NullMarked;
