package dev.qwen4j.mutation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** One way to damage a model. */
@FunctionalInterface
interface Mutation {
    /** Damages it, and says how. */
    String apply(GgufDocument model, RandomGenerator random);

    /** One that is to be picked so many times as often as another one. */
    static List<Mutation> times(int weight, Mutation mutation) {
        return Collections.nCopies(weight, mutation);
    }

    /** All of them. */
    @SafeVarargs
    static List<Mutation> list(List<Mutation>... mutations) {
        var all = new ArrayList<Mutation>();
        for (var some : mutations) {
            all.addAll(some);
        }
        return List.copyOf(all);
    }

    static <T> T any(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
