package dev.qwen4j;

import dev.qwen4j.internal.CandidateArrays;
import dev.qwen4j.internal.CustomStage;

/** Lends a {@link CustomSampler} to native code. */
record CustomAdapter(CustomSampler sampler) implements CustomStage {
    @Override
    public CandidateArrays apply(CandidateArrays arrays) {
        var candidates = new Candidates(arrays);
        sampler.apply(candidates);
        return candidates.arrays();
    }

    @Override
    public void accept(int token) {
        sampler.accept(token);
    }

    @Override
    public void reset() {
        sampler.reset();
    }

    CustomAdapter copy() {
        return new CustomAdapter(sampler.copy());
    }
}
