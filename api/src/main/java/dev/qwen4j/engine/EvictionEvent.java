package dev.qwen4j.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("dev.qwen4j.Eviction")
@Label("Eviction")
@Description("What was computed was forgotten in host memory to make room")
@Category({"Qwen4j", "Engine"})
@StackTrace(false)
final class EvictionEvent extends Event {
    @Label("Tokens")
    long tokens;

    @Label("Bytes held now")
    long bytes;

    static void record(long forgotten, long held) {
        var event = new EvictionEvent();
        if (event.shouldCommit()) {
            event.tokens = forgotten;
            event.bytes = held;
            event.commit();
        }
    }
}
