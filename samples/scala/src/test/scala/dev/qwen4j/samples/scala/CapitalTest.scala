package dev.qwen4j.samples.scala

import dev.qwen4j.Model
import dev.qwen4j.nano.Nano
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

import java.io.ByteArrayOutputStream
import scala.util.Using

class CapitalTest:
  @Test def printsTheCapital(): Unit =
    assertThat(printed(capital())).isEqualTo("The capital of France is Paris.\n")
    assertThat(printed(capital("Italy"))).isEqualTo("The capital of Italy is Rome.\n")

  @Test def computesNoMoreThanIsAskedFor(): Unit =
    Using.resource(Model.load(Nano.file)): model =>
      Using.resource(model.newContext()): context =>
        val pieces = context.answer("What is the capital of France?").take(2)
        assertThat(pieces.mkString).isEqualTo("The capital")
        assertThat(context.position).isEqualTo(20) // 19 of the prompt, and the first of the answer

  private def printed(program: => Unit): String =
    val bytes = ByteArrayOutputStream()
    Console.withOut(bytes)(program)
    bytes.toString
