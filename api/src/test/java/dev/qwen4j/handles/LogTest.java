package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.qwen4j.CancelledException;
import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.Sampling;
import dev.qwen4j.guard.AlteredNano;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** llama.cpp's log goes to SLF4J; nothing that an appender does can fail a native call. */
class LogTest {
    private static final String LLAMA = "dev.qwen4j.llama";

    @TempDir
    private Path folder;

    @Test
    void passesWarningsAndErrorsOn() throws IOException {
        var file = new AlteredNano().text("qwen3", "qwenX").write(folder.resolve("x.gguf"));
        try (var log = Capture.of(LLAMA)) {
            assertThatThrownBy(() -> Model.load(file)).isInstanceOf(ModelLoadException.class);

            assertThat(log.events())
                    .extracting(
                            ILoggingEvent::getLevel,
                            event -> event.getFormattedMessage().strip())
                    .contains(tuple(
                            Level.ERROR, "llama_model_load: error loading model: unknown model architecture: 'qwenX'"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            classes = {IllegalStateException.class, StackOverflowError.class, AssertionError.class, LinkageError.class})
    void isNotStoppedByAnAppenderThatThrows(Class<? extends Throwable> type) {
        try (var log = Capture.of(LLAMA, event -> {
                    throw LogTest.<RuntimeException>sneaky(newInstance(type));
                });
                var model = Model.load(Nano.file());
                var context = model.newContext(o -> o.length(4096).threads(1));
                var sampler = context.newSampler(Sampling.greedy())) {
            context.decode(1);

            assertThat(sampler.sample()).isNotNegative();
            assertThat(log.events()).as("there was something to throw at").isNotEmpty();
        }
    }

    /** Logging takes place inside of calls. */
    @Test
    void letsAnAppenderUseTheLibrary() {
        var inner = new AtomicReference<Model>();
        try (var log = Capture.of(LLAMA, event -> {
                    if (inner.get() == null) {
                        inner.set(Model.load(Nano.file()));
                    }
                });
                var model = Model.load(Nano.file());
                var context = model.newContext(o -> o.length(4096).threads(1))) {
            context.decode(1);

            assertThat(log.events()).isNotEmpty();
            assertThat(inner.get().newContext().length()).isPositive();
        } finally {
            inner.get().close();
        }
    }

    @Test
    void letsAnAppenderCloseTheHandleThatLogs() {
        var model = Model.load(Nano.file());
        try (var log = Capture.of(LLAMA, event -> model.close())) {
            // A context longer than what the model was trained on is worth a warning.
            assertThatThrownBy(() -> {
                        var context = model.newContext(o -> o.length(4096).threads(1));
                        context.decode(1);
                    })
                    .isInstanceOfAny(IllegalStateException.class, CancelledException.class);
            assertThat(log.events()).isNotEmpty();
        }
        assertThatThrownBy(model::newContext).isInstanceOf(IllegalStateException.class);
    }

    private static Throwable newInstance(Class<? extends Throwable> type) {
        try {
            return type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.getName(), e);
        }
    }

    /** Any throwable where only unchecked ones may be thrown. */
    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneaky(Throwable e) throws T {
        throw (T) e;
    }
}
