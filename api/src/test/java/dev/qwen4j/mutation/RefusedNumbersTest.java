package dev.qwen4j.mutation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.gguf.GgmlType;
import dev.qwen4j.mutation.GgufDocument.Entry;
import dev.qwen4j.oracle.TestArchitectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each number and type on which llama.cpp ended the JVM, or never came back, is refused before it sees the file. */
class RefusedNumbersTest {
    @TempDir
    private static Path models;

    @TempDir
    private Path folder;

    @BeforeAll
    static void writeModels() throws IOException, InterruptedException {
        TestArchitectures.write(
                models,
                List.of(
                        "qwen3moe",
                        "qwen2vl",
                        "qwen35",
                        "afmoe",
                        "falcon-h1",
                        "cohere2",
                        "glm-dsa",
                        "olmo2",
                        "deepseek2",
                        "gpt-oss"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qwen3moe",
                "qwen2vl",
                "qwen35",
                "afmoe",
                "falcon-h1",
                "cohere2",
                "glm-dsa",
                "olmo2",
                "deepseek2",
                "gpt-oss"
            })
    void theModelsAsTheyAreAnswer(String architecture) throws IOException {
        assertThat(Opening.open(write(model(architecture)), 1).ending()).isEqualTo(Opening.Ending.ANSWERED);
    }

    /** ggml rotates pairs of numbers: it loops for ever over none, and asserts on an odd one, on its threads. */
    @ParameterizedTest
    @CsvSource({
        "qwen35, rope.dimension_count, 0",
        "qwen35, rope.dimension_count, 63",
        "qwen35, rope.dimension_count, -128",
        "qwen35, rope.dimension_count, 130",
        "afmoe, rope.dimension_count_swa, 0",
        "cohere2, rope.dimension_count_swa, -128",
    })
    void rotatesAPairOfNumbersOrMore(String architecture, String key, int value) throws IOException {
        var model = model(architecture);
        set(model, key, value);
        refused(model, architecture + "." + key + " is ", "it must be even, and from 2 to the ");
    }

    /** A rotation is divided by their sum. */
    @Test
    void sectionsAddUpToMoreThanNone() throws IOException {
        for (var sections : List.of(new int[] {0, 0, 0, 64}, new int[] {1, 0, 0, -1})) {
            var model = model("qwen2vl");
            model.put(Entry.of(
                    "qwen2vl.rope.dimension_sections", GgufTypes.ARRAY, GgufBytes.numbers(GgufTypes.INT32, sections)));
            refused(model, "qwen2vl.rope.dimension_sections ");
        }
    }

    /** The threads of a computation assert it. */
    @Test
    void sectionsAddUpToNoMoreThanAHead() throws IOException {
        var model = model("qwen2vl");
        model.put(Entry.of(
                "qwen2vl.rope.dimension_sections",
                GgufTypes.ARRAY,
                GgufBytes.numbers(GgufTypes.INT32, new int[] {1024, 1024, 1024, 0})));
        refused(model, "qwen2vl.rope.dimension_sections add up to 3072, more than the ");
    }

    @Test
    void aPoolingTypeIsOneThatThereIs() throws IOException {
        var model = model("qwen2vl");
        set(model, "pooling_type", 513);
        refused(model, "qwen2vl.pooling_type is 513; it must be 0 to 4");
    }

    /** Without a window the cache is of another kind than the one that the graph is built for. */
    @Test
    void aModelOfWindowsHasOne() throws IOException {
        var model = model("afmoe");
        set(model, "attention.sliding_window", 0);
        refused(model, "afmoe.attention.sliding_window is 0; it must be 1 to ");

        model.entries.removeIf(entry -> entry.name().equals("afmoe.attention.sliding_window"));
        refused(model, "afmoe.attention.sliding_window is 0; it must be 1 to ");
    }

    @Test
    void aWindowIsNotLongerThanAnyText() throws IOException {
        var model = model("afmoe");
        set(model, "attention.sliding_window", -1);
        refused(model, "afmoe.attention.sliding_window is 4294967295; it must be 1 to ");
    }

    @ParameterizedTest
    @CsvSource({
        "qwen35, full_attention_interval",
        "falcon-h1, ssm.group_count",
        "falcon-h1, ssm.time_step_rank",
        "olmo2, attention.head_count"
    })
    void nothingIsDividedByZero(String architecture, String key) throws IOException {
        var model = model(architecture);
        set(model, key, 0);
        refused(model, architecture + "." + key + " is 0; it must be 1 or more");
    }

    /** llama.cpp divides by the width of its indexers' cache. */
    @Test
    void aLayerHasAnIndexer() throws IOException {
        var model = model("glm-dsa");
        set(model, "attention.indexer.types", 0);
        refused(model, "glm-dsa.attention.indexer.types is 0 for all layers; one must have an indexer");
    }

    /** The cache would have it, and more memory than there is, before any tensor is multiplied. */
    @ParameterizedTest
    @CsvSource({
        "deepseek2, attention.key_length",
        "gpt-oss, attention.key_length",
        "gpt-oss, attention.value_length",
        "gpt-oss, attention.key_length_swa",
        "gpt-oss, attention.value_length_swa",
        "qwen2vl, attention.key_length",
        "qwen35, ssm.inner_size"
    })
    void theCacheIsNoWiderThanTheTensors(String architecture, String key) throws IOException {
        var model = model(architecture);
        set(model, key, 10_000_000);
        refused(model, architecture + "." + key + " is 10000000, and ", "more than the longest side of its ");
    }

    @Test
    void noMoreTokensAreMadeThanThereAreRows() throws IOException {
        var model = model("qwen3moe");
        model.put(Entry.of(
                "tokenizer.ggml.model",
                GgufTypes.STRING,
                new GgufBytes().text("none").toByteArray()));
        set(model, "vocab_size", Integer.MAX_VALUE);
        refused(model, "qwen3moe.vocab_size is 2147483647, and none of its tensors has so many rows");
    }

    /** They are added and multiplied with, number by number, which ggml's threads do for F32 alone. */
    @ParameterizedTest
    @CsvSource({
        "qwen35, blk.1.ffn_up.scale, I64",
        "qwen3moe, blk.0.attn_q.bias, F16",
        "qwen35, blk.0.ssm_conv1d.weight, F16"
    })
    void whatIsNoMatrixIsF32(String architecture, String name, GgmlType type) throws IOException {
        var model = model(architecture);
        model.tensors.replaceAll(tensor -> tensor.name().equals(name)
                ? tensor.withType(type.id()).withData(new byte[(int) TensorTypes.byteSize(type.id(), tensor.shape())])
                : tensor);
        refused(model, "tensor " + name + " has type " + type + "; it must be F32");
    }

    private static GgufDocument model(String architecture) throws IOException {
        return Originals.read(models, architecture);
    }

    private static void set(GgufDocument model, String key, int value) {
        model.put(Entry.of(
                model.architecture() + "." + key,
                GgufTypes.UINT32,
                new GgufBytes().i32(value).toByteArray()));
    }

    private void refused(GgufDocument model, String... words) throws IOException {
        var file = write(model);
        assertThatThrownBy(() -> Model.load(file).close())
                .isInstanceOf(ModelLoadException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContainingAll(words);
        Files.delete(file);
    }

    private Path write(GgufDocument model) throws IOException {
        var file = folder.resolve("model.gguf");
        Mutant.of(model).write(file);
        return file;
    }
}
