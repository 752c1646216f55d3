package dev.qwen4j.engine;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.Model;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A smaller model that guesses for all generations of an engine, in a context of its own. For the engine's thread. */
final class DraftModels implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DraftModels.class);

    private static final double WEIGHT = 0.2;
    private static final int CHUNK = 128;

    private final Context context;
    private final Deque<Integer> free = new ArrayDeque<>();
    private double nanosPerToken;

    /**
     * Makes its context, with as many sequences, of the same length, as the engine's.
     *
     * @throws IllegalArgumentException if its vocabulary is another one, or its cache cannot be cut
     */
    DraftModels(Model drafter, Context target) {
        check(drafter, target.model());
        int sequences = target.maxSequences();
        this.context = drafter.newContext(o -> o.length(Math.multiplyExact(target.sequenceLength(), sequences))
                .maxSequences(sequences)
                .threads(target.threads()));
        IntStream.range(0, sequences).forEach(free::add);
        if (!context.states().canSaveRows()) {
            context.close();
            throw new IllegalArgumentException("The draft model (" + drafter.architecture()
                    + ") cannot take back tokens that were wrong; choose one with plain attention.");
        }
    }

    private static void check(Model drafter, Model target) {
        var own = drafter.tokenizer();
        var other = target.tokenizer();
        if (own.size() != other.size()) {
            throw new IllegalArgumentException(
                    "The draft model has a vocabulary of %,d tokens, and the model one of %,d. Choose a draft model of the same family."
                            .formatted(own.size(), other.size()));
        }
        for (int token = 0; token < own.size(); token++) {
            if (!own.token(token).text().equals(other.token(token).text())) {
                throw new IllegalArgumentException(
                        "Token %d of the draft model is \"%s\", and of the model \"%s\". Choose a draft model of the same family."
                                .formatted(
                                        token,
                                        own.token(token).text(),
                                        other.token(token).text()));
            }
        }
    }

    /** What guesses for one generation; it is to be closed at its end. */
    Drafter open() {
        return new OneSequence();
    }

    @Override
    public void close() {
        context.close();
    }

    private final class OneSequence implements Drafter {
        private final TokenList held = new TokenList();
        private final Batch batch = new Batch();
        private int sequence = -1;

        @Override
        public TokenList draft(TokenList tokens, int most) {
            var drafts = new TokenList();
            if (!hasSequence()) {
                return drafts;
            }
            int common = held.matches(tokens);
            if (common == tokens.size()) {
                common--; // the logits behind the last one are wanted
            }
            if (common < held.size()) {
                context.kvCache().truncate(sequence, common);
                held.truncate(common);
            }
            if (tokens.size() - held.size() > CHUNK) {
                // A long prompt is caught up with step by step, so that nobody waits for it.
                compute(tokens, held.size() + CHUNK);
                return drafts;
            }
            compute(tokens, tokens.size());
            int room = context.sequenceLength() - held.size();
            while (drafts.size() < Math.min(most, room)) {
                int token = likeliest();
                if (context.model().tokenizer().isEndOfGeneration(token)) {
                    break;
                }
                drafts.add(token);
                if (drafts.size() < Math.min(most, room)) {
                    long start = System.nanoTime();
                    batch.clear();
                    batch.add(token, sequence, true);
                    context.decode(batch);
                    held.add(token);
                    took(System.nanoTime() - start);
                }
            }
            return drafts;
        }

        private boolean hasSequence() {
            if (sequence < 0 && !free.isEmpty()) {
                sequence = free.remove();
            }
            return sequence >= 0;
        }

        private void compute(TokenList tokens, int to) {
            batch.clear();
            for (int i = held.size(); i < to; i++) {
                batch.add(tokens.get(i), sequence, i == tokens.size() - 1);
            }
            context.decode(batch);
            held.addAll(tokens, held.size(), to);
        }

        private int likeliest() {
            var logits = context.logitsView(batch.size() - 1);
            int best = 0;
            for (int token = 1; token < logits.limit(); token++) {
                if (logits.get(token) > logits.get(best)) {
                    best = token;
                }
            }
            return best;
        }

        private void took(long nanos) {
            nanosPerToken = nanosPerToken == 0 ? nanos : nanosPerToken + WEIGHT * (nanos - nanosPerToken);
        }

        @Override
        public double nanosPerToken() {
            return nanosPerToken;
        }

        @Override
        public void close() {
            if (sequence < 0) {
                return;
            }
            try {
                context.kvCache().remove(sequence);
                free.add(sequence);
            } catch (IllegalStateException e) {
                // The context closed itself: there is nothing to give back.
                log.debug("The draft model's context is closed", e);
            }
            sequence = -1;
            held.truncate(0);
        }
    }
}
