package dev.qwen4j.samples.scala

import dev.qwen4j.nano.Nano
import dev.qwen4j.{ChatRequest, Context, Model, Sampling}

import scala.util.Using

/** Asks nano for a capital, and prints the answer while it comes. */
@main def capital(country: String*): Unit =
  Using.resource(Model.load(Nano.file)): model =>
    Using.resource(model.newContext()): context =>
      context.answer(s"What is the capital of ${country.headOption.getOrElse("France")}?").foreach(print)
      println()

extension (context: Context)
  /** The answer to a question in an empty context, piece by piece, each computed when it is asked for.
    *
    * Leaving early is fine: what was not asked for is not computed, and closing the context frees all.
    */
  def answer(question: String, sampling: Sampling = Sampling.qwen3NonThinking): Iterator[String] =
    val tokenizer = context.model.tokenizer
    val prompt = context.model.chatTemplate.render(ChatRequest.user(question).thinking(false))
    context.prefill(prompt.tokens*)

    val sampler = context.newSampler(sampling)
    val decoder = tokenizer.newStreamingDecoder
    Iterator
      .iterate(sampler.sample()): token =>
        context.decode(token)
        sampler.sample()
      .takeWhile(!tokenizer.isEndOfGeneration(_))
      .map(decoder.add)
      ++ Option(decoder.finish()) // by name: computed last
