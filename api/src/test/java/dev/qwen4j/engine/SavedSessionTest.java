package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.State;
import dev.qwen4j.StateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions that are put away. */
class SavedSessionTest extends NanoEngine {
    @Test
    void goesOnInAnotherEngine(@TempDir Path folder) {
        var file = folder.resolve("session.state");
        int[] tokens;
        try (var engine = engine(o -> o);
                var session = engine.session().append(tokens(300))) {
            session.generate(NanoEngine::greedy).await();
            tokens = session.tokens();
            try (var state = session.save()) {
                assertThat(state.tokens()).isEqualTo(tokens);
                state.writeTo(file);
            }
        }
        try (var engine = engine(o -> o.maxActive(3));
                var state = State.read(file);
                var session = engine.open(state)) {
            assertThat(session.tokens()).isEqualTo(tokens);
            var reply = session.generate(NanoEngine::greedy).await();
            assertSame(tokens, reply.tokens());
            assertThat(reply.usage().cachedTokens()).isEqualTo(tokens.length - 1);
            assertThat(engine.stats().work().prefilledTokens()).isZero();
        }
    }

    @Test
    void isRefusedWhenItWasCutShortAnywhere(@TempDir Path folder) throws Exception {
        var file = folder.resolve("session.state");
        byte[] whole;
        try (var engine = engine(o -> o);
                var session = engine.session().append(tokens(40));
                var state = session.save()) {
            whole = state.toBytes();
        }
        for (int length = 0; length < whole.length; length += 1024) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> State.read(file)).isInstanceOf(StateException.class);
        }
    }

    @Test
    void isRefusedWhereItDoesNotFit() {
        try (var engine = engine(o -> o);
                var small = engine(o -> o.length(256));
                var session = engine.session().append(tokens(300));
                var state = session.save();
                var empty = engine.session()) {
            assertThatThrownBy(() -> small.open(state)).isInstanceOf(PromptTooLongException.class);
            assertThatThrownBy(empty::save).isInstanceOf(IllegalStateException.class);
            try (var other = engine(o ->
                    o.context(c -> c.threads(1).cacheTypes(dev.qwen4j.CacheType.Q8_0, dev.qwen4j.CacheType.Q8_0)))) {
                assertThatThrownBy(() -> other.open(state)).isInstanceOf(StateException.class);
                var prompt = tokens(10);
                assertThat(other.session()
                                .append(prompt)
                                .generate(NanoEngine::greedy)
                                .await()
                                .tokens())
                        .isNotNull();
            }
            var closed = engine.session().append(1);
            closed.close();
            assertThatThrownBy(closed::save).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void knowsItsTokens() {
        try (var context = model.newContext(o -> o.length(256));
                var engine = engine(o -> o)) {
            context.prefill(tokens(20));
            try (var state = context.states().save(0)) {
                assertThatThrownBy(() -> engine.open(state))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("tokens");
            }
        }
    }
}
