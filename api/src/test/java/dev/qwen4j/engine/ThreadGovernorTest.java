package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions on a simulated host; all times are the simulation's. */
class ThreadGovernorTest {
    /** What one thread takes for a batch of one token. */
    private static final double WORK = 9e6;

    private static final long SECOND = 1000;

    /** What came of some time. */
    private record Outcome(double rate, int changes, long longest, int threads, double share) {}

    private interface Load {
        int tokens(int batch);
    }

    private static final class Simulation {
        private final SimulatedHost host;
        private final ThreadGovernor governor;
        private final int threads;
        private final boolean knowsDelay;
        private Load load = _ -> 1;
        private double growth;
        private int batches;

        Simulation(long seed, int cpus, boolean knowsDelay, LongToIntFunction others) {
            host = new SimulatedHost(seed, cpus, others);
            governor = new ThreadGovernor(cpus, host.now());
            threads = cpus;
            this.knowsDelay = knowsDelay;
        }

        Outcome until(long millis) {
            return until(millis, 0);
        }

        /** As many threads as it says, or always so many. */
        Outcome until(long millis, int fixed) {
            long start = host.now();
            int changes = 0;
            long longest = 0;
            long withAll = 0;
            double work = 0;
            int before = governor.threads();
            while (host.millis() < millis) {
                int count = fixed > 0 ? fixed : governor.threads();
                changes += count == before ? 0 : 1;
                before = count;
                int tokens = load.tokens(batches++);
                double cost = WORK * (0.5 + 0.5 * tokens) * (1 + growth * batches);
                long wall = host.compute(cost, count);
                long delay = knowsDelay ? Math.min(host.delay(), wall) : 0;
                if (fixed == 0) {
                    governor.waited(delay, wall);
                    governor.took(tokens, wall, Math.max(wall - delay, wall / 10), host.now());
                }
                longest = Math.max(longest, wall);
                withAll += count == threads ? wall : 0;
                work += cost;
            }
            double time = host.now() - start;
            return new Outcome(work / time, changes, longest / 1_000_000, governor.threads(), withAll / time);
        }
    }

    private static double best(long seed, int cpus, long millis, LongToIntFunction others) {
        return IntStream.rangeClosed(1, cpus)
                .mapToDouble(count -> new Simulation(seed, cpus, true, others)
                        .until(millis, count)
                        .rate())
                .max()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void computesOnAllThreadsWhereNobodyElseDoes(long seed) {
        for (int threads : new int[] {1, 2, 3, 8, 16, 64}) {
            var outcome = new Simulation(seed, threads, true, _ -> 0).until(20 * SECOND);
            assertThat(outcome.changes()).as("%d threads", threads).isZero();
            assertThat(outcome.threads()).isEqualTo(threads);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void isNotMisledByPromptsBesideTokens(long seed) {
        var simulation = new Simulation(seed, 4, true, _ -> 0);
        simulation.load = batch -> batch % 3 == 0 ? 128 : 1 + batch % 5;
        assertThat(simulation.until(20 * SECOND).changes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void keepsAllThreadsWhileSequencesGrow(long seed) {
        var simulation = new Simulation(seed, 8, true, _ -> 0);
        simulation.growth = 0.001;
        var outcome = simulation.until(20 * SECOND);
        assertThat(outcome.changes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void goesDownBesideAsManyBusyThreadsAsThereAreCpus(long seed) {
        for (boolean knowsDelay : new boolean[] {true, false}) {
            LongToIntFunction others = millis -> millis < SECOND ? 0 : 2;
            var simulation = new Simulation(seed, 2, knowsDelay, others);
            assertThat(simulation.until(SECOND - 100).threads()).isEqualTo(2);
            assertThat(simulation.until(SECOND + 400).threads()).isOne();
            var outcome = simulation.until(11 * SECOND);
            assertThat(outcome.longest()).isLessThan(SECOND);
            double alone =
                    new Simulation(seed, 2, true, _ -> 2).until(10 * SECOND, 1).rate();
            assertThat(outcome.rate() / alone)
                    .as("delay known: %s, %s", knowsDelay, outcome)
                    .isGreaterThan(0.85);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void goesDownWhereTheHostWasBusyFromTheBeginning(long seed) {
        var simulation = new Simulation(seed, 2, true, _ -> 2);
        assertThat(simulation.until(SECOND).threads()).isOne();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void comesBackWhenTheHostIsQuietAgain(long seed) {
        for (boolean knowsDelay : new boolean[] {true, false}) {
            for (int cpus : new int[] {2, 4, 16, 48}) {
                LongToIntFunction others = millis -> millis > SECOND && millis <= 6 * SECOND ? cpus : 0;
                var simulation = new Simulation(seed, cpus, knowsDelay, others);
                var before = simulation.until(SECOND - 100);
                simulation.until(6 * SECOND);
                simulation.until(8 * SECOND);
                var after = simulation.until(10 * SECOND);
                assertThat(after.rate() / before.rate())
                        .as("%d CPUs, delay known: %s, %s", cpus, knowsDelay, after)
                        .isGreaterThan(0.95);
                assertThat(after.threads()).isEqualTo(cpus);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isNearTheBestNumberBesideOneBusyThread(long seed) {
        var outcome = new Simulation(seed, 2, true, _ -> 1).until(20 * SECOND);
        assertThat(outcome.rate() / best(seed, 2, 20 * SECOND, _ -> 1))
                .as("%s", outcome)
                .isGreaterThan(0.9);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void leavesBusyCpusOfALargeHostToOthers(long seed) {
        for (boolean fromTheBeginning : new boolean[] {false, true}) {
            var simulation = new Simulation(seed, 16, true, millis -> fromTheBeginning || millis > SECOND ? 4 : 0);
            simulation.until(3 * SECOND);
            var outcome = simulation.until(20 * SECOND);
            assertThat(outcome.rate() / best(seed, 16, 17 * SECOND, _ -> 4))
                    .as("from the beginning: %s, %s", fromTheBeginning, outcome)
                    .isGreaterThan(0.85);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void standsThroughShortCollections(long seed) {
        LongToIntFunction collections = millis -> millis % 250 < 10 ? 2 : 0;
        var outcome = new Simulation(seed, 2, true, collections).until(20 * SECOND);
        assertThat(outcome.share()).as("%s", outcome).isGreaterThan(0.9);
        assertThat(outcome.rate() / best(seed, 2, 20 * SECOND, collections)).isGreaterThan(0.93);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isBackSoonAfterALongCollection(long seed) {
        LongToIntFunction collections = millis -> millis % 5000 >= 2000 && millis % 5000 < 2300 ? 2 : 0;
        var outcome = new Simulation(seed, 2, true, collections).until(30 * SECOND);
        assertThat(outcome.share()).as("%s", outcome).isGreaterThan(0.75);
        assertThat(outcome.changes()).isLessThan(6 * 8);
    }
}
