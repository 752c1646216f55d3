package dev.qwen4j.benchmarks;

import java.nio.file.Path;

/** The models that are measured, fetched or made by their scripts when they are first wanted. */
final class ModelFiles {
    private final Settings settings;

    ModelFiles(Settings settings) {
        this.settings = settings;
    }

    /** SmolLM2-135M-Instruct, Q4_1. */
    Path smolLm2() {
        return made("smollm2-135m.sh");
    }

    /** The same, requantised to Q4_0. */
    Path smolLm2Q40() {
        return made("smollm2-135m-q4_0.sh");
    }

    /** Qwen3-0.6B's shape with random weights, Q4_K_M. */
    Path qwen3Shape() {
        return made("qwen3-0.6b-shape.sh");
    }

    private Path made(String script) {
        return Path.of(Program.run(
                        settings.modelScripts().resolve(script).toString(),
                        settings.models().toString(),
                        settings.programs().toString())
                .strip());
    }
}
