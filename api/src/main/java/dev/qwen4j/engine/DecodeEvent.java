package dev.qwen4j.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("dev.qwen4j.Decode")
@Label("Decode step")
@Description("A token of each generation was computed")
@Category({"Qwen4j", "Engine"})
@StackTrace(false)
final class DecodeEvent extends Event {
    @Label("Tokens, drafts included")
    int tokens;

    @Label("Generations")
    int requests;

    @Label("Drafted tokens")
    int drafts;
}
