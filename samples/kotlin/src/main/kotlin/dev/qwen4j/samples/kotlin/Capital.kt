package dev.qwen4j.samples.kotlin

import dev.qwen4j.ChatRequest
import dev.qwen4j.Context
import dev.qwen4j.Model
import dev.qwen4j.Sampling
import dev.qwen4j.nano.Nano

/** Asks nano for a capital, and prints the answer while it comes. */
fun main(args: Array<String>) {
    val country = args.firstOrNull() ?: "France"
    Model.load(Nano.file()).use { model ->
        model.newContext().use { context ->
            context.answer("What is the capital of $country?").forEach(::print)
            println()
        }
    }
}

/**
 * The answer to a question in an empty context, piece by piece, each computed when it is asked for.
 *
 * Leaving early is fine: what was not asked for is not computed, and closing the context frees all.
 */
fun Context.answer(question: String, sampling: Sampling = Sampling.qwen3NonThinking()): Sequence<String> = sequence {
    val tokenizer = model().tokenizer()
    val prompt = model().chatTemplate().render(ChatRequest.user(question).thinking(false))
    prefill(*prompt.tokens())

    newSampler(sampling).use { sampler ->
        val decoder = tokenizer.newStreamingDecoder()
        generateSequence(sampler::sample) { token ->
                decode(token)
                sampler.sample()
            }
            .takeWhile { !tokenizer.isEndOfGeneration(it) }
            .forEach { yield(decoder.add(it)) }
        yield(decoder.finish())
    }
}
