package dev.qwen4j.faults;

import java.util.Map;
import java.util.concurrent.Callable;

/** Has each construction fail at its first step, its second, and so on, until it does not fail, and counts after each what lives.
 * That it works again afterwards is seen by the next attempt, which gets one step further. */
final class FaultsMain {
    private FaultsMain() {}

    @SuppressWarnings("unchecked")
    public static void main(String[] args) throws Exception {
        var constructions = new FaultyClasses()
                .loadClass(Constructions.class.getName())
                .getConstructor()
                .newInstance();
        for (var construction : ((Callable<Map<String, Callable<AutoCloseable>>>) constructions)
                .call()
                .entrySet()) {
            int steps = failAtEach(construction.getKey(), construction.getValue());
            constructions.getClass().getMethod("check").invoke(constructions);
            System.out.printf("[faults] %s: %d steps%n", construction.getKey(), steps);
        }
        ((AutoCloseable) constructions).close();
        require(new Live(0, 0, 0, 0, 0), "when all is closed");
    }

    private static int failAtEach(String name, Callable<AutoCloseable> construction) throws Exception {
        construction.call().close();
        for (int n = 1; ; n++) {
            var before = Live.now();
            Steps.arm(n);
            AutoCloseable made = null;
            Throwable thrown = null;
            try {
                made = construction.call();
            } catch (Throwable e) {
                thrown = e;
            }
            boolean unused = Steps.disarm();
            if (made != null) {
                made.close();
            }
            if (unused) {
                if (thrown != null) {
                    throw new AssertionError(name + " failed without a fault", thrown);
                }
                return n - 1;
            }
            require(before, name + ", step " + n + ", " + Steps.last());
        }
    }

    private static void require(Live expected, String when) {
        var live = Live.now();
        if (!live.equals(expected)) {
            throw new AssertionError(when + ": expected " + expected + ", and there are " + live);
        }
    }
}
