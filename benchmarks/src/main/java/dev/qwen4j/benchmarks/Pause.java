package dev.qwen4j.benchmarks;

/** Time in which others compute. */
final class Pause {
    private Pause() {}

    static void millis(long time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a benchmark goes on.", e);
        }
    }
}
