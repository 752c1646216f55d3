package dev.qwen4j.engine;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

@Name("dev.qwen4j.Request")
@Label("Request")
@Description("Something that was asked of an engine has ended")
@Category({"Qwen4j", "Engine"})
@StackTrace(false)
final class RequestEvent extends Event {
    @Label("Tenant")
    String tenant = "";

    @Label("Finish reason")
    String finishReason = "";

    @Label("Prompt tokens")
    int promptTokens;

    @Label("Prompt tokens that were there already")
    int cachedTokens;

    @Label("Why not more")
    String reuse = "";

    @Label("Generated tokens")
    int generatedTokens;

    @Label("Time in the queue")
    @Timespan(Timespan.NANOSECONDS)
    long queued;

    @Label("Time from when it was asked for")
    @Timespan(Timespan.NANOSECONDS)
    long total;
}
