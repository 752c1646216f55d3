package dev.qwen4j.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.Model;
import dev.qwen4j.State;
import dev.qwen4j.StateException;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not exactly what was written is refused where it is read: no such state exists, so none can reach native code. */
class BrokenStateTest {
    private static final int FLIPS = 1000;
    private static final int[] TOKENS = {5, 6, 7};

    private static byte[] whole = {};

    @TempDir
    private Path folder;

    @BeforeAll
    static void save() {
        try (var model = Model.load(Nano.file());
                var context = model.newContext(o -> o.length(256).threads(1))) {
            context.prefill(TOKENS);
            try (var state = context.states().save(0, TOKENS)) {
                whole = state.toBytes();
            }
        }
    }

    private static void assertRefused(byte[] bytes, String what) {
        assertThatThrownBy(() -> State.fromBytes(bytes)).as(what).isInstanceOf(StateException.class);
    }

    @Test
    void refusesEveryTruncation() {
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length), length + " of " + whole.length + " bytes");
        }
        try (var state = State.fromBytes(whole)) {
            assertThat(state.tokens()).isEqualTo(TOKENS);
        }
    }

    @Test
    void refusesAThousandFlippedBytes() {
        long seed = Long.getLong("qwen4j.test.seed", 20260114);
        System.out.println("seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < FLIPS; i++) {
            var bytes = whole.clone();
            // Every second one in the first bytes, where all is length and structure.
            int at = random.nextInt(i % 2 == 0 ? whole.length : 400);
            int flip = 1 + random.nextInt(255);
            bytes[at] ^= (byte) flip;
            assertRefused(bytes, "byte %d xor %d, seed %d".formatted(at, flip, seed));
        }
    }

    @Test
    void refusesWhatIsLonger() {
        assertRefused(Arrays.copyOf(whole, whole.length + 1), "one byte more");
    }

    @Test
    void refusesATruncatedFile() throws IOException {
        var file = folder.resolve("state");
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(() -> State.read(file))
                .isInstanceOf(StateException.class)
                .hasMessageContainingAll(file.toString(), "cut short");
        Files.write(file, whole);
        State.read(file).close();
    }

    @Test
    void refusesWhatIsNoState() throws IOException {
        assertThatThrownBy(() -> State.read(Nano.file()))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("is not a state");
        assertThatThrownBy(() -> State.read(folder))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> State.read(folder.resolve("none")))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> State.read(Files.createFile(folder.resolve("empty"))))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("is not a state");
    }

    @Test
    void refusesToWriteWhereNoFileCanBe() throws IOException {
        try (var state = State.fromBytes(whole)) {
            assertThatThrownBy(() -> state.writeTo(folder))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("is a folder");
            assertThatThrownBy(() -> state.writeTo(folder.resolve("none").resolve("state")))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("cannot be written");
        }
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }
}
