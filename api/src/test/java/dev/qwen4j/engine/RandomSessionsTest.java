package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.Sampling;
import dev.qwen4j.nano.Nano;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random operations on the sessions of one engine, whose cache is far too small for them: each reply is what a fresh context of its own gives, up to the
 * rounding of other batches.
 */
class RandomSessionsTest {
    private static final long SEED = Long.getLong("qwen4j.test.seed", 20260125);
    private static final int OPERATIONS = 1500;

    private record Asked(List<Integer> prompt, Generation generation) {}

    @Test
    void answerAsIfEachWereAlone() {
        System.out.println("[sessions] seed " + SEED);
        var random = new Random(SEED);
        var asked = new ArrayList<Asked>();
        try (var model = Model.load(Nano.file())) {
            try (var engine = Engine.start(
                    model, o -> o.length(1024).maxActive(6).hostCache(3_000_000).context(c -> c.threads(1)))) {
                var sessions = new ArrayList<Session>();
                for (int i = 0; i < OPERATIONS; i++) {
                    operate(engine, sessions, asked, random);
                }
                asked.forEach(each -> each.generation().await());
                var stats = engine.stats();
                System.out.println("[sessions] " + stats.cache() + ", " + stats.work());
                assertThat(stats.work().reusedTokens()).isPositive();
                assertThat(stats.work().restarts()).isZero();
                assertThat(stats.active()).isZero();
                assertThat(stats.cache().tokens())
                        .isLessThanOrEqualTo(stats.cache().capacity());
            }
            double rounding = Rounding.of(model, tokens(random, 600));
            int ties = 0;
            int tokens = 0;
            try (var context = model.newContext(o -> o.length(1536).threads(1))) {
                for (var each : asked) {
                    tokens += each.generation().await().tokens().size();
                    ties += ties(context, each, 2 * rounding);
                }
            }
            System.out.printf(
                    "[sessions] %d replies, %d tokens, of which %d are the second of two that rounding by %.3f cannot tell apart%n",
                    asked.size(), tokens, ties, rounding);
        }
    }

    private static void operate(Engine engine, List<Session> sessions, List<Asked> asked, Random random) {
        if (sessions.isEmpty() || random.nextInt(6) == 0) {
            sessions.add(engine.session().append(tokens(random, 1 + random.nextInt(200))));
            return;
        }
        var session = sessions.get(random.nextInt(sessions.size()));
        if (session.length() > 900) {
            session.close();
            sessions.remove(session);
            return;
        }
        try {
            switch (random.nextInt(6)) {
                case 0 -> sessions.add(session.fork());
                case 1 -> session.rewind(1 + random.nextInt(session.length()));
                case 2 -> session.append(tokens(random, 1 + random.nextInt(40)));
                case 3 -> {
                    session.append(tokens(random, 5));
                    session.preload();
                }
                default -> {
                    var prompt = session.tokens();
                    var generation =
                            session.generate(o -> o.sampling(Sampling.greedy()).maxTokens(1 + random.nextInt(120)));
                    asked.add(new Asked(Arrays.stream(prompt).boxed().toList(), generation));
                    if (random.nextInt(8) == 0) {
                        var _ = generation.iterator().hasNext();
                        generation.cancel();
                    }
                }
            }
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("is generating");
        }
    }

    /** A few tokens only, so that prompts begin alike. */
    private static int[] tokens(Random random, int count) {
        return random.ints(count, 100, 103).toArray();
    }

    /** How many tokens of a reply are not the likeliest in a fresh context, but as good as that. */
    private static int ties(Context context, Asked asked, double tie) {
        context.clear();
        context.prefill(asked.prompt().stream().mapToInt(Integer::intValue).toArray());
        int ties = 0;
        for (int token : asked.generation().await().tokens()) {
            var probabilities = Rounding.logProbabilities(context.logits());
            double gap = Arrays.stream(probabilities).max().orElseThrow() - probabilities[token];
            assertThat(gap).isLessThanOrEqualTo(tie);
            ties += gap > 0 ? 1 : 0;
            if (context.position() < context.sequenceLength()) {
                context.decode(token);
            }
        }
        return ties;
    }
}
