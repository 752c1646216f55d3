package dev.qwen4j.cli;

import java.time.Duration;
import java.util.Locale;

/**
 * An answer that was shown already.
 *
 * @param text without the thought
 * @param ending why it ended
 * @param cost what it cost
 */
record Answer(String text, Ending ending, Cost cost) {
    /**
     * Tokens and times.
     *
     * @param prompt how many tokens the prompt has
     * @param reused how many of them the context held already
     * @param prefill how long the others took
     * @param generated how many tokens the answer has, thoughts included
     * @param decode how long they took
     */
    record Cost(int prompt, int reused, Duration prefill, int generated, Duration decode) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d prompt tokens, %,d of them reused, %s; %,d answer tokens, %s",
                    prompt,
                    reused,
                    rate(prompt - reused, prefill),
                    generated,
                    rate(generated, decode));
        }

        private static String rate(int tokens, Duration time) {
            double seconds = time.toNanos() / 1e9;
            return String.format(Locale.ROOT, "%.3f s (%,.0f a second)", seconds, tokens / Math.max(seconds, 1e-9));
        }
    }
}
