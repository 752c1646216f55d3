package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Candidates;
import dev.qwen4j.Context;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.Model;
import dev.qwen4j.Sampler;
import dev.qwen4j.Sampling;
import dev.qwen4j.SamplingStage;
import dev.qwen4j.engine.RecordedLogits.Sampled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Whether what an engine answers is what the model says: its tokens are exactly those that a sampler draws from the logits that the engine had, these are up to
 * rounding those of a context that computes the same text alone and token by token, and where that would have chosen another token, the two were as good as
 * each other. For one thread.
 */
final class SameAnswers implements AutoCloseable {
    /** How far from the fresh context's log-probabilities, in units of rounding. */
    private static final int CLOSE = 3;

    private static final int TIE = 2;

    /**
     * An answer that has ended.
     *
     * @param prompt what it was generated behind
     * @param sampled each token, that of the end included
     */
    record Answer(Transcript prompt, GenerationOptions options, List<Sampled> sampled, FinishReason reason) {
        @Override
        public String toString() {
            return "%s behind %d tokens, %s, ended by %s after %d tokens"
                    .formatted(
                            options.sampling(),
                            prompt.size(),
                            options.deterministic() ? "deterministic" : "beside others",
                            reason,
                            sampled.size());
        }
    }

    private final Model model;
    private final double rounding;
    private final int limit;
    private final Context context;
    private int answers;
    private int tokens;
    private int others;
    private double farthest;
    private double widest;

    /**
     * For the answers of an engine.
     *
     * @param rounding how far probabilities of the same text are apart in different batches
     * @param limit the most tokens of a session
     * @param options those of the engine's context
     */
    SameAnswers(Model model, double rounding, int limit, UnaryOperator<ContextOptions> options) {
        this.model = model;
        this.rounding = rounding;
        this.limit = limit;
        this.context = model.newContext(o -> options.apply(o).length(limit).maxSequences(1));
    }

    /** Checks one; gives what the session has afterwards. */
    Transcript check(Answer answer) {
        var text = new Transcript(answer.prompt());
        if (answer.sampled().isEmpty()) {
            return text;
        }
        answers++;
        context.clear();
        context.prefill(text.tokens().toArray());
        try (var exact = new Replay(answer);
                var fresh = new Replay(answer)) {
            for (int i = 0; i < answer.sampled().size(); i++) {
                var sampled = answer.sampled().get(i);
                assertThat(exact.choose(sampled.logits()).token())
                        .as("token %d of %s", i, answer)
                        .isEqualTo(sampled.token());
                exact.accept(sampled.token());
                compare(i, answer, sampled, fresh);
                tokens++;
                if (!isEnd(sampled.token(), answer.options())) {
                    goOn(text, sampled.token(), answer, i == answer.sampled().size() - 1);
                }
            }
        }
        return text;
    }

    private void compare(int index, Answer answer, Sampled sampled, Replay fresh) {
        var logits = context.logits();
        var here = Rounding.logProbabilities(logits);
        var there = Rounding.logProbabilities(sampled.logits());
        double difference = Rounding.difference(here, there);
        farthest = Math.max(farthest, difference);
        assertThat(difference)
                .as("difference at token %d of %s", index, answer)
                .isLessThanOrEqualTo(answer.options().deterministic() ? 0 : CLOSE * rounding);
        var chosen = fresh.choose(logits);
        if (chosen.token() != sampled.token()) {
            others++;
            // A draw may fall on either side of a border between any two tokens.
            if (isGreedy(answer.options().sampling())) {
                double gap = chosen.above(sampled.token());
                widest = Math.max(widest, gap);
                assertThat(gap).as("gap at token %d of %s", index, answer).isLessThanOrEqualTo(TIE * rounding);
            }
        }
        fresh.accept(sampled.token());
    }

    private static boolean isGreedy(Sampling sampling) {
        return sampling.stages().getLast() instanceof SamplingStage.Greedy;
    }

    private boolean isEnd(int token, GenerationOptions options) {
        return model.tokenizer().isEndOfGeneration(token)
                || options.stopTokens().contains(token);
    }

    private void goOn(Transcript text, int token, Answer answer, boolean last) {
        text.tokens().add(token);
        if (text.size() > limit) {
            // One that was stopped from outside may have been about to go on.
            if (!last || answer.reason() == FinishReason.CANCELLED || answer.reason() == FinishReason.DEADLINE) {
                assertThat(text.makeRoom(answer.options().overflow(), limit))
                        .as("room behind %s", answer)
                        .isNotNegative();
            }
            if (!last) {
                context.clear();
                context.prefill(text.tokens().toArray());
            }
        } else if (!last) {
            context.decode(token);
        }
    }

    /** Checks how likely tokens were said to be behind others. */
    void checkScore(int[] prompt, int[] continuation, double logprob) {
        context.clear();
        context.prefill(prompt);
        double sum = 0;
        for (int i = 0; i < continuation.length; i++) {
            sum += Rounding.logProbabilities(context.logits())[continuation[i]];
            if (i < continuation.length - 1) {
                context.decode(continuation[i]);
            }
        }
        assertThat(Math.abs(sum - logprob))
                .as("log-probability of %d tokens behind %d", continuation.length, prompt.length)
                .isLessThanOrEqualTo(continuation.length * CLOSE * rounding);
    }

    /** What was seen so far. */
    @Override
    public String toString() {
        return "%,d answers, %,d tokens, of which the fresh run has others in %,d (%.2f %%), the greedy ones at gaps of up to %.6f; log-probabilities are up to %.6f apart, with rounding by %.6f"
                .formatted(answers, tokens, others, 100.0 * others / Math.max(1, tokens), widest, farthest, rounding);
    }

    @Override
    public void close() {
        context.close();
    }

    /** The sampler of an answer, from its beginning. */
    private final class Replay implements AutoCloseable {
        private final Sampler sampler;
        private boolean endsBanned;
        private int left;

        Replay(Answer answer) {
            var options = answer.options();
            left = options.minTokens();
            endsBanned = left > 0;
            var stages = new ArrayList<>(options.sampling().stages());
            if (endsBanned) {
                stages.addFirst(banOfEnds(options));
            }
            sampler = context.newSampler(Sampling.of(stages));
            sampler.acceptPrompt(answer.prompt().tokens().toArray());
        }

        private SamplingStage banOfEnds(GenerationOptions options) {
            var ends = new HashMap<Integer, Float>();
            for (int token = 0; token < model.tokenizer().size(); token++) {
                if (isEnd(token, options)) {
                    ends.put(token, Float.NEGATIVE_INFINITY);
                }
            }
            return new SamplingStage.LogitBias(ends);
        }

        Chosen choose(float[] logits) {
            if (endsBanned && left == 0) {
                sampler.remove(0);
                endsBanned = false;
            }
            var candidates = Candidates.of(logits);
            sampler.apply(candidates);
            return new Chosen(candidates);
        }

        void accept(int token) {
            sampler.accept(token);
            left--;
        }

        @Override
        public void close() {
            sampler.close();
        }
    }

    /** What a sampler's stages have left, and which of it they chose. */
    private record Chosen(Candidates candidates) {
        int token() {
            return candidates.id(candidates.selected().orElseThrow());
        }

        /** By how much it is likelier than another one, behind all stages. */
        double above(int other) {
            float highest = candidates.logit(candidates.selected().orElseThrow());
            for (int place = 0; place < candidates.size(); place++) {
                if (candidates.id(place) == other) {
                    return highest - candidates.logit(place);
                }
            }
            return Double.POSITIVE_INFINITY;
        }
    }
}
