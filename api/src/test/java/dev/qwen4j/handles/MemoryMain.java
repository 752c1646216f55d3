package dev.qwen4j.handles;

import dev.qwen4j.CancelledException;
import dev.qwen4j.Model;
import dev.qwen4j.ModelLoadException;
import dev.qwen4j.Qwen4jException;
import dev.qwen4j.Sampling;
import dev.qwen4j.child.ResidentMemory;
import dev.qwen4j.gguf.GgufException;
import dev.qwen4j.guard.AlteredNano;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens, decodes and closes a thousand times, or fails to load as often. The argument is a folder to write to. */
final class MemoryMain {
    private MemoryMain() {}

    public static void main(String[] args) throws Exception {
        ResidentMemory.watch("open, decode, close", i -> answer());
        ResidentMemory.watch("failed loads", new FailedLoads(Path.of(args[0]))::run);
        answer();
    }

    private static void answer() {
        try (var model = Model.load(Nano.file());
                var context = model.newContext(options -> options.length(256).threads(1));
                var sampler = context.newSampler(Sampling.qwen3Thinking().seed(1))) {
            context.prefill(model.tokenizer().encode("What is the capital of France?"));
            for (int i = 0; i < 4; i++) {
                context.decode(sampler.sample());
            }
        }
    }

    /** Of each kind in turn: refused by Java, by llama.cpp early and late, and cancelled. */
    private static final class FailedLoads {
        private final Path notGguf;
        private final Path unknown;
        private final Path misshapen;

        FailedLoads(Path folder) throws IOException {
            notGguf = Files.writeString(folder.resolve("not.gguf"), "This is no model.");
            unknown = new AlteredNano().text("qwen3", "qwen0").write(folder.resolve("unknown.gguf"));
            misshapen =
                    new AlteredNano().number("qwen3.feed_forward_length", 8).write(folder.resolve("misshapen.gguf"));
        }

        void run(int i) {
            switch (i % 4) {
                case 0 -> fail(notGguf, 1, GgufException.class);
                case 1 -> fail(unknown, 1, ModelLoadException.class);
                case 2 -> fail(misshapen, 1, ModelLoadException.class);
                default -> fail(Nano.file(), 0.5f, CancelledException.class);
            }
        }

        private static void fail(Path file, float most, Class<? extends Qwen4jException> expected) {
            try {
                Model.load(file, options -> options.progress(fraction -> fraction < most))
                        .close();
            } catch (Qwen4jException e) {
                if (expected.isInstance(e)) {
                    return;
                }
                throw e;
            }
            throw new AssertionError(file + " was loaded.");
        }
    }
}
