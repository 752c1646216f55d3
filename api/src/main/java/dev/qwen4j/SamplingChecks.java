package dev.qwen4j;

/** Whether a recipe suits a vocabulary. Stateless. */
final class SamplingChecks {
    private SamplingChecks() {}

    /**
     * Checks every stage that names tokens.
     *
     * @throws IllegalArgumentException if a token is not in the vocabulary, or all are banned
     * @throws dev.qwen4j.grammar.GrammarException if a grammar names a token that is not in it
     */
    static void check(Sampling sampling, Tokenizer tokenizer) {
        for (var stage : sampling.stages()) {
            switch (stage) {
                case SamplingStage.LogitBias bias -> checkBias(bias, tokenizer);
                case SamplingStage.Grammatical(var grammar) ->
                    grammar.checkTokens(tokenizer.size(), text -> tokenizer.encodeTrusted(text, false));
                case SamplingStage.LazilyGrammatical(var grammar, var triggers) -> {
                    grammar.checkTokens(tokenizer.size(), text -> tokenizer.encodeTrusted(text, false));
                    triggers.tokens().forEach(tokenizer::checked);
                }
                case SamplingStage.Greedy _, SamplingStage.Draw _, SamplingStage.TopK _, SamplingStage.TopP _ -> {}
                case SamplingStage.MinP _, SamplingStage.Typical _, SamplingStage.Temperature _ -> {}
                case SamplingStage.DynamicTemperature _, SamplingStage.Xtc _, SamplingStage.TopNSigma _ -> {}
                case SamplingStage.Mirostat _, SamplingStage.MirostatV2 _, SamplingStage.AdaptiveP _ -> {}
                case SamplingStage.Penalties _,
                        SamplingStage.Dry _,
                        SamplingStage.Infill _,
                        SamplingStage.Custom _ -> {}
            }
        }
    }

    private static void checkBias(SamplingStage.LogitBias stage, Tokenizer tokenizer) {
        var biases = stage.biases();
        biases.keySet().forEach(tokenizer::checked);
        if (biases.size() == tokenizer.size()
                && biases.values().stream().allMatch(bias -> bias == Float.NEGATIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "The logit bias bans all " + tokenizer.size() + " tokens; at least one must be left.");
        }
    }
}
