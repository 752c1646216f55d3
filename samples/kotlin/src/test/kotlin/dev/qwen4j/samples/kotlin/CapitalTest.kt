package dev.qwen4j.samples.kotlin

import dev.qwen4j.Model
import dev.qwen4j.nano.Nano
import java.io.ByteArrayOutputStream
import java.io.PrintStream
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

class CapitalTest {
    @Test
    fun printsTheCapital() {
        assertThat(printed { main(emptyArray()) }).isEqualTo("The capital of France is Paris.\n")
        assertThat(printed { main(arrayOf("Italy")) }).isEqualTo("The capital of Italy is Rome.\n")
    }

    @Test
    fun computesNoMoreThanIsAskedFor() {
        Model.load(Nano.file()).use { model ->
            model.newContext().use { context ->
                val pieces = context.answer("What is the capital of France?").take(2).toList()
                assertThat(pieces.joinToString("")).isEqualTo("The capital")
                assertThat(context.position()).isEqualTo(20) // 19 of the prompt, and the first of the answer
            }
        }
    }

    private fun printed(program: () -> Unit): String {
        val before = System.out
        val bytes = ByteArrayOutputStream()
        System.setOut(PrintStream(bytes, true, Charsets.UTF_8))
        try {
            program()
        } finally {
            System.setOut(before)
        }
        return bytes.toString(Charsets.UTF_8)
    }
}
