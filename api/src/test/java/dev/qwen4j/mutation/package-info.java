/**
 * Damaged models, opened by child JVMs: none may end one. {@link dev.qwen4j.mutation.Mutant} is what a seed makes of a model, {@link
 * dev.qwen4j.mutation.Opening} what is done with it, {@link dev.qwen4j.mutation.MutationRun} counts how it ends.
 */
package dev.qwen4j.mutation;
