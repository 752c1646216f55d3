package dev.qwen4j.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

@Name("dev.qwen4j.Prefill")
@Label("Prefill chunk")
@Description("Part of one or more prompts was computed")
@Category({"Qwen4j", "Engine"})
@StackTrace(false)
final class PrefillEvent extends Event {
    @Label("Tokens")
    int tokens;

    @Label("Requests")
    int requests;

    @Label("Given up")
    boolean cancelled;
}
