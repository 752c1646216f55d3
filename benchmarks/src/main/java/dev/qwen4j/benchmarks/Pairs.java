package dev.qwen4j.benchmarks;

/**
 * Measures two sides in pairs, one right after the other, with the order changing from pair to pair: what drifts slowly, such as temperature or a
 * neighbour's load, meets both sides alike, and so does what the first of two runs does to the second.
 */
final class Pairs {
    private final Progress progress;

    Pairs(Progress progress) {
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param what the comparison's title
     * @param unit the figures' unit
     * @param warmUps how many pairs come first and do not count
     */
    Comparison run(String what, String unit, Side ours, Side theirs, int warmUps, int pairs) {
        var our = new double[pairs];
        var their = new double[pairs];
        progress.begin(what);
        for (int i = -warmUps; i < pairs; i++) {
            boolean oursFirst = i % 2 == 0;
            double first = (oursFirst ? ours : theirs).measure().getAsDouble();
            double second = (oursFirst ? theirs : ours).measure().getAsDouble();
            if (i >= 0) {
                our[i] = oursFirst ? first : second;
                their[i] = oursFirst ? second : first;
                progress.at(i + 1, pairs);
            }
        }
        progress.end();
        return new Comparison(what, unit, ours.commandLine(), theirs.commandLine(), new Sample(our), new Sample(their));
    }
}
