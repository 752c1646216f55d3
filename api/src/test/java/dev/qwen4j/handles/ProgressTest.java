package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.CancelledException;
import dev.qwen4j.LlamaException;
import dev.qwen4j.LoadProgress;
import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.nano.Nano;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void isToldFromNothingToAll() {
        var fractions = new ArrayList<Double>();

        load(fractions::add).close();

        assertThat(fractions).isSorted().hasSizeGreaterThan(10).allMatch(fraction -> fraction >= 0 && fraction <= 1);
        assertThat(fractions.getLast()).isEqualTo(1);
    }

    @Test
    void cancelsTheLoad() {
        for (double at : new double[] {0, 0.5, 1}) {
            assertThatThrownBy(() -> load(fraction -> fraction < at))
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining(Nano.file().toString());
        }
        load(fraction -> true).close();
    }

    @Test
    void endsTheLoadWhenItThrowsAndIsTheCause() {
        for (var thrown :
                new Throwable[] {new IllegalStateException("mine"), new StackOverflowError(), new AssertionError()}) {
            assertThatThrownBy(() -> load(fraction -> {
                        throw LogTest.<RuntimeException>sneaky(thrown);
                    }))
                    .isInstanceOf(ModelLoadException.class)
                    .hasMessageContaining(Nano.file().toString())
                    .hasCause(thrown);
        }
        load(fraction -> true).close();
    }

    /** What a listener closes is closed; the load goes on. */
    @Test
    void mayUseAndCloseOtherHandles() {
        var other = Model.load(Nano.file());
        var context = other.newContext(o -> o.length(256).threads(1));
        try (var model = load(fraction -> {
            if (fraction < 0.5) {
                context.decode(1);
            } else {
                other.close();
            }
            return true;
        })) {
            assertThat(model.newContext().length()).isPositive();
        }
        assertThat(other.toString()).contains("closed");
    }

    @Test
    void mayFailInOtherCallsWithoutEndingTheLoad() {
        try (var other = Model.load(Nano.file());
                var template = other.chatTemplate();
                var model = load(fraction -> {
                    assertThatThrownBy(() -> template.render("{\"messages\":[{\"role\":7}]}"))
                            .hasCauseInstanceOf(LlamaException.class);
                    return true;
                })) {
            assertThat(model.newContext().length()).isPositive();
        }
    }

    private static Model load(LoadProgress progress) {
        return Model.load(Nano.file(), options -> options.progress(progress));
    }
}
