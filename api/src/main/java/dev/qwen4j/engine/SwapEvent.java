package dev.qwen4j.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("dev.qwen4j.Swap")
@Label("Swap")
@Description("What was computed was copied between the context and host memory")
@Category({"Qwen4j", "Engine"})
@StackTrace(false)
final class SwapEvent extends Event {
    @Label("Direction")
    String direction = "";

    @Label("Sequence")
    int sequence;

    @Label("Tokens")
    int tokens;

    /** It went so far. */
    void record(String where, Slot slot, int count) {
        end();
        if (shouldCommit()) {
            direction = where;
            sequence = slot.id();
            tokens = count;
            commit();
        }
    }
}
