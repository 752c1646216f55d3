package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Batch;
import dev.qwen4j.Candidates;
import dev.qwen4j.ChatRequest;
import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.ThreadPool;
import dev.qwen4j.ThreadPoolOptions;
import dev.qwen4j.nano.Nano;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every public method of every handle: an exception after the handle, or its model, was closed; never a crash. */
class UseAfterCloseTest {
    private static final Map<Class<?>, Object> ARGUMENTS = Map.ofEntries(
            Map.entry(int.class, 1),
            Map.entry(boolean.class, true),
            Map.entry(int[].class, new int[] {1, 2}),
            Map.entry(String.class, "{\"messages\":[]}"),
            Map.entry(Batch.class, Batch.of(1, 2)),
            Map.entry(Sampling.class, Sampling.greedy()),
            Map.entry(Candidates.class, Candidates.of(new float[] {1, 2})),
            Map.entry(ChatRequest.class, ChatRequest.user("Hello")),
            Map.entry(ThreadPool.class, ThreadPool.start(ThreadPoolOptions.of(1))),
            Map.entry(Path.class, Path.of("never-written.gguf")),
            Map.entry(UnaryOperator.class, UnaryOperator.identity()));

    /** What tells of the handle and needs nothing native, or has nothing left to do. */
    private static final Set<String> ALLOWED = Set.of(
            "Model.close",
            "Context.toString",
            "Model.toString",
            "Model.file",
            "Model.files",
            "Model.options",
            "Model.gguf",
            "Model.architecture",
            "Model.tokenizer",
            "Context.close",
            "Context.cancel",
            "Context.model",
            "Context.length",
            "Context.sequenceLength",
            "Context.batchSize",
            "Context.microBatchSize",
            "Context.maxSequences",
            "Context.kvCache",
            "Context.states",
            "KvCache.maxSequences",
            "Sampler.close",
            "ChatTemplate.close",
            "ChatTemplate.toString",
            "Tokenizer.size",
            "Tokenizer.newStreamingDecoder",
            "StreamingDecoder.finish");

    @TestFactory
    Stream<DynamicTest> refusesEveryCallAfterTheHandleWasClosed() {
        var model = Model.load(Nano.file());
        var context = model.newContext();
        var sampler = context.newSampler(Sampling.greedy());
        var template = model.chatTemplate();
        context.decode(1);
        Stream.of(sampler, context, template, model).forEach(UseAfterCloseTest::close);
        return tests(model, context, context.kvCache(), sampler, template);
    }

    @TestFactory
    Stream<DynamicTest> refusesEveryCallAfterTheModelWasClosed() {
        var model = Model.load(Nano.file());
        var context = model.newContext();
        var sampler = context.newSampler(Sampling.greedy());
        var template = model.chatTemplate();
        var tokenizer = model.tokenizer();
        var decoder = tokenizer.newStreamingDecoder();
        context.decode(1);
        sampler.sample();
        // Known from before, and refused all the same.
        tokenizer.bytes(1);
        model.close();
        return tests(context, context.kvCache(), sampler, template, tokenizer, decoder);
    }

    private static Stream<DynamicTest> tests(Object... handles) {
        return Stream.of(handles)
                .flatMap(handle -> Arrays.stream(handle.getClass().getDeclaredMethods())
                        .filter(method ->
                                Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                        .map(method ->
                                DynamicTest.dynamicTest(described(handle, method), () -> check(handle, method))));
    }

    private static void check(Object handle, Method method) throws ReflectiveOperationException {
        if (ALLOWED.contains(named(handle, method))) {
            invoke(handle, method);
        } else {
            assertThatThrownBy(() -> invoke(handle, method))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching("The (model|context|sampler|chat template) is closed\\.");
        }
    }

    private static void invoke(Object handle, Method method) throws ReflectiveOperationException {
        var arguments = Arrays.stream(method.getParameterTypes())
                .map(type -> {
                    assertThat(ARGUMENTS).as("an argument for %s", method).containsKey(type);
                    return ARGUMENTS.get(type);
                })
                .toArray();
        method.invoke(handle, arguments);
    }

    private static String named(Object handle, Method method) {
        return handle.getClass().getSimpleName() + "." + method.getName();
    }

    private static String described(Object handle, Method method) {
        return named(handle, method)
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .toList();
    }

    private static void close(AutoCloseable handle) {
        try {
            handle.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
