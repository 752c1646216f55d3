package dev.qwen4j;

import java.util.List;
import java.util.Optional;

/**
 * What a state says about itself.
 *
 * @param llamaCpp the version of llama.cpp, whose format the payload has
 * @param model the fingerprint of the model's files
 * @param adapters the fingerprints of the adapters that were applied
 * @param sequences what the sequences held
 * @param shared which of them share cells
 * @param fullBytes the bytes of the sequence's whole state where this is a part of it, else 0
 * @param tokens the tokens of the sequence, where the caller knew them
 */
record StateHeader(
        StateKind kind,
        String llamaCpp,
        String architecture,
        String model,
        List<String> adapters,
        StateParameters parameters,
        List<SequencePositions> sequences,
        List<SharedPositions> shared,
        long fullBytes,
        List<Integer> tokens) {
    StateHeader {
        adapters = List.copyOf(adapters);
        sequences = List.copyOf(sequences);
        shared = List.copyOf(shared);
        tokens = List.copyOf(tokens);
        if (kind != StateKind.WHOLE && sequences.size() != 1) {
            throw new IllegalArgumentException(kind + " of " + sequences.size() + " sequences");
        }
    }

    /** The one sequence that a state that is not whole is of. */
    SequencePositions sequence() {
        return sequences.getFirst();
    }

    /** The same of other positions. */
    StateHeader ofPositions(SequencePositions positions) {
        return new StateHeader(
                kind,
                llamaCpp,
                architecture,
                model,
                adapters,
                parameters,
                List.of(positions),
                shared,
                fullBytes,
                tokens);
    }

    /** What keeps a context that would write this other header from taking the state. */
    Optional<String> obstacle(StateHeader context) {
        return otherOrigin(context).or(() -> parameters.obstacle(kind, context.parameters));
    }

    /** The same for keys and values of single tokens, which are told apart from how the context lays sequences out. */
    Optional<String> rowsObstacle(StateHeader context) {
        return otherOrigin(context).or(() -> parameters.rowsObstacle(context.parameters));
    }

    private Optional<String> otherOrigin(StateHeader context) {
        if (!model.equals(context.model)) {
            return Optional.of(
                    "it was saved with another model file, or other metadata put in its place (%s, fingerprint %.12s…; the context's is %s, %.12s…)"
                            .formatted(architecture, model, context.architecture, context.model));
        }
        if (!llamaCpp.equals(context.llamaCpp)) {
            return Optional.of("it was saved by llama.cpp %s, and this is %s".formatted(llamaCpp, context.llamaCpp));
        }
        if (!adapters.equals(context.adapters)) {
            return Optional.of(
                    "it was saved with adapters %s, and the context has %s".formatted(adapters, context.adapters));
        }
        return Optional.empty();
    }
}
