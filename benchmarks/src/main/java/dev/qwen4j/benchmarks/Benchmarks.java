package dev.qwen4j.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;

/** All benchmarks there are, in the order in which they run. */
final class Benchmarks {
    static final List<Benchmark> ALL = List.of(
            new JavaCost(),
            Throughput.DECODE,
            Throughput.PREFILL,
            Serve.ONE,
            Serve.EIGHT,
            Serve.THIRTY_TWO,
            Chats.EIGHT,
            Chats.THIRTY_TWO,
            Chats.SHARED_PREFIX,
            new JvmPeer(),
            new KvTax(),
            TimeToFirstToken.SECOND_TURN,
            TimeToFirstToken.RETURNING,
            new PrefillBeside(),
            new Cancel(),
            new Ngram(),
            BusyHost.ONE,
            BusyHost.EIGHT,
            new BusyVersusServer());

    private Benchmarks() {}

    /** Those with the names, or all of them where there are no names. */
    static List<Benchmark> named(List<String> names) {
        var known = new LinkedHashMap<String, Benchmark>();
        ALL.forEach(benchmark -> known.put(benchmark.name(), benchmark));
        for (var name : names) {
            if (!known.containsKey(name)) {
                throw new IllegalArgumentException("There is no benchmark \"" + name + "\". There are: "
                        + String.join(", ", known.keySet()) + ".");
            }
        }
        if (!names.isEmpty()) {
            known.keySet().retainAll(names);
        }
        return List.copyOf(known.values());
    }
}
