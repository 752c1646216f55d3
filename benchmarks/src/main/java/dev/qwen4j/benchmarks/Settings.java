package dev.qwen4j.benchmarks;

import java.nio.file.Path;

/**
 * How much is measured, and where what it needs lies.
 *
 * @param pairs how many pairs of runs against another program, after the warm-up
 * @param repetitions how often a run repeats its measurement in one process; their median is the run's
 * @param rounds how many pairs of loops within this process, after the warm-up
 * @param enginePairs how many pairs of runs where whole answers are generated, after the warm-up
 * @param threads how many threads compute, on both sides
 * @param programs the folder of llama.cpp's programs and the C loop
 * @param modelScripts the folder of the scripts that make or fetch models
 * @param models the folder where models are kept
 * @param peerSource the program that runs the binding that is compared with
 * @param peerJars the folder of that binding's jars
 */
record Settings(
        int pairs,
        int repetitions,
        int rounds,
        int enginePairs,
        int threads,
        Path programs,
        Path modelScripts,
        Path models,
        Path peerSource,
        Path peerJars) {
    Settings {
        require("pairs", pairs);
        require("repetitions", repetitions);
        require("rounds", rounds);
        require("enginePairs", enginePairs);
        require("threads", threads);
    }

    /** How many pairs where a run takes many seconds: half as many as of shorter ones. */
    int longPairs() {
        return Math.ceilDiv(enginePairs, 2);
    }

    private static void require(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; it must be at least 1.");
        }
    }
}
