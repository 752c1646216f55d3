package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Generations whose logits do not depend on who else is there. */
class DeterministicTest extends NanoEngine {
    private List<float[]> alone(int[] prompt, int[] reply, int length) {
        var logits = new ArrayList<float[]>();
        try (var context = model.newContext(o -> o.length(length).threads(1))) {
            context.prefill(prompt);
            logits.add(context.logits());
            for (int i = 0; i < reply.length - 1; i++) {
                context.decode(reply[i]);
                logits.add(context.logits());
            }
        }
        return logits;
    }

    @Test
    void hasTheLogitsOfAContextOfItsOwnBitForBit() {
        try (var engine = engine(o -> o.length(1024).maxActive(4))) {
            var prompt = tokens(700);
            var others = new ArrayList<Generation>();
            for (int i = 0; i < 3; i++) {
                others.add(engine.session().append(prompt).append(i).generate(NanoEngine::endless));
            }
            others.forEach(other -> other.iterator().next());
            var seen = new CopyOnWriteArrayList<float[]>();
            engine.probe((context, index, token) -> {
                var logits = context.logits(index);
                seen.add(logits);
            });
            var reply = engine.session()
                    .append(prompt)
                    .generate(o -> o.sampling(Sampling.greedy())
                            .minTokens(40)
                            .maxTokens(40)
                            .deterministic(true))
                    .await();
            others.forEach(Generation::cancel);
            assertThat(reply.usage().reuse()).isEqualTo(Reuse.DETERMINISTIC);
            assertThat(reply.usage().cachedTokens()).isZero();
            var expected =
                    alone(prompt, reply.tokens().stream().mapToInt(i -> i).toArray(), 1024);
            for (var row : expected) {
                assertThat(seen).anySatisfy(logits -> assertThat(logits).isEqualTo(row));
            }
        }
    }
}
