package dev.qwen4j;

import java.util.List;

/** Which stages of a sampler a device can run, and in which order: llama.cpp asserts, or chooses wrongly, in others. */
final class DeviceStages {
    /** What is behind a stage that takes candidates out, or puts them into another order, sees those and not the vocabulary. */
    private enum Candidates {
        VOCABULARY,
        NARROWED,
        /** Sorted by a TopP, or one alone. */
        SORTED
    }

    private DeviceStages() {}

    /**
     * Checks the stages that would run on a device: those before the first that has no implementation there.
     *
     * @param names llama.cpp's, which tell the stages that have nothing to do: an empty one stands for them, wherever the others run
     * @param severalOutputs whether a sequence may have several results in a batch
     * @throws IllegalArgumentException if one of them cannot follow those before it
     */
    static void check(List<SamplingStage> stages, List<String> names, int vocabularySize, boolean severalOutputs) {
        var candidates = Candidates.VOCABULARY;
        boolean one = false;
        boolean masked = false;
        for (int i = 0; i < stages.size(); i++) {
            var stage = stages.get(i);
            if (names.get(i).startsWith("?")) {
                continue;
            }
            if (!hasImplementation(stage, severalOutputs)) {
                return;
            }
            switch (stage) {
                case SamplingStage.TopK(int k) -> {
                    require(k <= vocabularySize, i, stage, "keeps more tokens than the vocabulary has");
                    require(candidates == Candidates.VOCABULARY, i, stage, "comes after another that narrows");
                    candidates = Candidates.NARROWED;
                    one = k == 1;
                }
                case SamplingStage.TopP(float _, int minKeep) -> {
                    require(minKeep == 1, i, stage, "keeps some tokens in any case, which devices do not");
                    require(candidates != Candidates.SORTED, i, stage, "comes after another that sorts");
                    candidates = Candidates.SORTED;
                    masked = true;
                }
                case SamplingStage.MinP(float _, int minKeep) -> {
                    require(minKeep == 1, i, stage, "keeps some tokens in any case, which devices do not");
                    masked = true;
                }
                case SamplingStage.Temperature(float t) -> {
                    one |= t == 0;
                    candidates = t == 0 ? Candidates.SORTED : candidates;
                }
                case SamplingStage.DynamicTemperature(float t, float _, float _) -> {
                    require(t > 0, i, stage, "has a temperature of 0, which devices take for greedy");
                    require(!one, i, stage, "comes after one that leaves a single token");
                    require(!masked, i, stage, "comes after one that bans tokens, which devices count for its entropy");
                }
                case SamplingStage.LogitBias _, SamplingStage.Greedy _ ->
                    require(candidates == Candidates.VOCABULARY, i, stage, "comes after one that narrows");
                default -> {}
            }
        }
    }

    private static boolean hasImplementation(SamplingStage stage, boolean severalOutputs) {
        return switch (stage) {
            case SamplingStage.Greedy _, SamplingStage.Draw _, SamplingStage.LogitBias _ -> true;
            case SamplingStage.TopK _, SamplingStage.TopP _, SamplingStage.MinP _ -> true;
            case SamplingStage.Temperature _, SamplingStage.DynamicTemperature _ -> true;
            case SamplingStage.Penalties _ -> !severalOutputs;
            default -> false;
        };
    }

    private static void require(boolean possible, int index, SamplingStage stage, String why) {
        if (!possible) {
            throw new IllegalArgumentException(
                    "Stage %d, %s, cannot run on a device: it %s. Use the sampler unattached, or another order."
                            .formatted(index, stage, why));
        }
    }
}
