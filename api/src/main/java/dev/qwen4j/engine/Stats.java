package dev.qwen4j.engine;

import java.time.Duration;
import java.util.Map;

/**
 * What an engine is doing, and has done since it was started.
 *
 * @param queued how many generations wait
 * @param active how many are computed together
 * @param parked how many wait for their readers
 * @param cache what is kept
 * @param work what was done
 * @param finished how many ended, by how
 * @param timeToFirstToken from when a generation was asked for to its first token
 * @param betweenTokens from each token of a generation to its next
 * @param threads how many threads compute
 * @param busyHost whether there are fewer than there could be, because the host is busy with something else
 */
public record Stats(
        int queued,
        int active,
        int parked,
        Cache cache,
        Work work,
        Map<FinishReason, Long> finished,
        Histogram timeToFirstToken,
        Histogram betweenTokens,
        int threads,
        boolean busyHost) {
    /** Takes a copy of the map. */
    public Stats {
        finished = Map.copyOf(finished);
    }

    /**
     * Tokens that need not be computed again.
     *
     * @param tokens how many lie in the context's cache
     * @param capacity how many it can hold
     * @param hostTokens how many lie in host memory; what sessions have in common counts once
     * @param hostBytes how many bytes those take
     * @param spilledTokens how many were copied to host memory
     * @param restoredTokens how many were copied back
     * @param evictedTokens how many were forgotten there to make room for others
     * @param movedTokens how many were moved inside the context's cache
     */
    public record Cache(
            long tokens,
            long capacity,
            long hostTokens,
            long hostBytes,
            long spilledTokens,
            long restoredTokens,
            long evictedTokens,
            long movedTokens) {}

    /**
     * What was computed.
     *
     * @param reusedTokens how many tokens of prompts were there already
     * @param prefilledTokens how many tokens of prompts were computed
     * @param generatedTokens how many tokens were generated
     * @param draftedTokens how many guesses were computed on trial
     * @param acceptedTokens how many of them were right
     * @param steps how many steps there were
     * @param prefill the time that prompts took
     * @param decode the time that generated tokens took
     * @param preemptions how often a generation gave its place to another one, and went on later
     * @param parkings how often one waited for its reader
     * @param restarts how often computing failed, and the engine went on in a new context
     * @param rejected how many were not taken
     */
    public record Work(
            long reusedTokens,
            long prefilledTokens,
            long generatedTokens,
            long draftedTokens,
            long acceptedTokens,
            long steps,
            Duration prefill,
            Duration decode,
            long preemptions,
            long parkings,
            long restarts,
            long rejected) {
        /** Tokens of prompts a second, while they were computed. */
        public double prefillRate() {
            return rate(prefilledTokens, prefill);
        }

        /** Generated tokens a second, of all generations together, while they were computed. */
        public double decodeRate() {
            return rate(generatedTokens, decode);
        }

        private static double rate(long tokens, Duration time) {
            return time.isZero() ? 0 : tokens / (time.toNanos() / 1e9);
        }
    }

    /** The same with what the queue knows. */
    Stats with(int waiting, long refused) {
        var changed = new Work(
                work.reusedTokens,
                work.prefilledTokens,
                work.generatedTokens,
                work.draftedTokens,
                work.acceptedTokens,
                work.steps,
                work.prefill,
                work.decode,
                work.preemptions,
                work.parkings,
                work.restarts,
                refused);
        return new Stats(
                waiting, active, parked, cache, changed, finished, timeToFirstToken, betweenTokens, threads, busyHost);
    }
}
