package dev.qwen4j.faults;

import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.qwen4j_live;
import java.lang.foreign.Arena;

/** The native objects that live, as the shim counts them. */
public record Live(int models, int contexts, int samplers, int chats, int threadPools) {
    /** Now. */
    public static Live now() {
        try (var call = Arena.ofConfined()) {
            var live = qwen4j_live.allocate(call);
            LlamaCpp.qwen4j_count_live(live);
            return new Live(
                    qwen4j_live.models(live),
                    qwen4j_live.contexts(live),
                    qwen4j_live.samplers(live),
                    qwen4j_live.chats(live),
                    qwen4j_live.threadpools(live));
        }
    }
}
