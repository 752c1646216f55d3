package dev.qwen4j.engine;

import dev.qwen4j.ContextOptions;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** How much an engine holds, and how it computes; immutable: each setter returns a changed copy. */
public final class EngineOptions implements Cloneable {
    private static final EngineOptions DEFAULTS = new EngineOptions();

    // Written by with() alone, before anyone else sees the copy.
    private OptionalInt length = OptionalInt.empty();
    private int maxActive = 4;
    private int queueCapacity = 1024;
    private long queueTokens = 4_000_000;
    private long hostCache = 1L << 30;
    private int readerBuffer = 256;
    private Drafting drafting = Drafting.promptLookup();
    private boolean yielding = true;
    private boolean raisedPriority;
    private Duration stepBudget = Duration.ofMillis(100);
    private UnaryOperator<ContextOptions> context = UnaryOperator.identity();

    private EngineOptions() {}

    /**
     * Sessions of up to 4,096 tokens, or as many as the model was trained on if those are fewer; 4 generations at once and 1,024 more that wait; 1 GiB of host
     * memory for what nobody generates in; steps of 100 ms.
     */
    public static EngineOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The most tokens of a session. Each of the {@link #maxActive} generations has its own part of the cache, of that length, which is allocated when the engine
     * starts. Default: 4,096, or as many as the model was trained on if those are fewer.
     */
    public EngineOptions length(int tokens) {
        require(tokens >= 1, "length is " + tokens + "; it must be 1 or more");
        return with(copy -> copy.length = OptionalInt.of(tokens));
    }

    /** How many generations are computed together, 1 to 256; more wait. Default: 4. */
    public EngineOptions maxActive(int count) {
        require(count >= 1 && count <= 256, "maxActive is " + count + "; it must be 1 to 256");
        return with(copy -> copy.maxActive = count);
    }

    /**
     * How many bytes of host memory keep what was computed and nobody generates in at the moment, to be gone on from; what was used least lately is
     * forgotten first, and computed again if it is needed. 0 keeps nothing but what lies in the cache. Default: 1 GiB.
     */
    public EngineOptions hostCache(long bytes) {
        require(bytes >= 0, "hostCache is " + bytes + "; it must be 0 or more");
        return with(copy -> copy.hostCache = bytes);
    }

    /** How many generations may wait; one more is a {@link RejectedException}. Default: 1,024. */
    public EngineOptions queueCapacity(int count) {
        require(count >= 1, "queueCapacity is " + count + "; it must be 1 or more");
        return with(copy -> copy.queueCapacity = count);
    }

    /** How many tokens those that wait may have together; one that would be more is a {@link RejectedException}. Default: 4,000,000. */
    public EngineOptions queueTokens(long tokens) {
        require(tokens >= 1, "queueTokens is " + tokens + "; it must be 1 or more");
        return with(copy -> copy.queueTokens = tokens);
    }

    /**
     * How many pieces of a reply may be there that its reader has not taken: one that is further behind has its generation wait for it, without a place in
     * the cache, until half of them are read. Default: 256.
     */
    public EngineOptions readerBuffer(int chunks) {
        require(chunks >= 1, "readerBuffer is " + chunks + "; it must be 1 or more");
        return with(copy -> copy.readerBuffer = chunks);
    }

    /** What guesses tokens so that several are computed at once, wherever that is faster. Default: {@link Drafting#promptLookup}. */
    public EngineOptions drafting(Drafting guesses) {
        Objects.requireNonNull(guesses, "guesses");
        return with(copy -> copy.drafting = guesses);
    }

    /**
     * Whether it computes on fewer threads while the host is busy with something else: threads that wait for each other are slower than one alone then.
     * Default: yes.
     */
    public EngineOptions yielding(boolean toOthers) {
        return with(copy -> copy.yielding = toOthers);
    }

    /**
     * Whether its threads go before others', as far as the operating system lets them: on Linux they get the scheduling policy {@code SCHED_FIFO}, so that
     * whatever else there is runs on what they leave, the JVM's own collector and compiler among it. That needs root, {@code CAP_SYS_NICE} or a limit
     * {@code RLIMIT_RTPRIO} of 40; without, a warning is logged and they have the priority that they had. Leave a processor free where this is set.
     * Default: no.
     */
    public EngineOptions raisedPriority(boolean aboveOthers) {
        return with(copy -> copy.raisedPriority = aboveOthers);
    }

    /**
     * How long a step may take in which prompts are computed while others generate: their tokens come no further apart. A longer one computes prompts
     * faster. Default: 100 ms.
     */
    public EngineOptions stepBudget(Duration budget) {
        require(budget.isPositive(), "stepBudget is " + budget + "; it must be above 0");
        return with(copy -> copy.stepBudget = budget);
    }

    /** Changes other options of the engine's context, as threads or the types of its cache; length, sequences, layout and outputs are the engine's. */
    public EngineOptions context(UnaryOperator<ContextOptions> changes) {
        Objects.requireNonNull(changes, "changes");
        return with(copy -> copy.context = changes);
    }

    int maxActive() {
        return maxActive;
    }

    int queueCapacity() {
        return queueCapacity;
    }

    long queueTokens() {
        return queueTokens;
    }

    long hostCache() {
        return hostCache;
    }

    int readerBuffer() {
        return readerBuffer;
    }

    Drafting drafting() {
        return drafting;
    }

    boolean yielding() {
        return yielding;
    }

    boolean raisedPriority() {
        return raisedPriority;
    }

    Duration stepBudget() {
        return stepBudget;
    }

    /** The options of a context for it, given the model's defaults. */
    ContextOptions contextOptions(ContextOptions defaults) {
        int each = length.orElse(defaults.length());
        return context.apply(defaults)
                .length(Math.multiplyExact(each, maxActive))
                .maxSequences(maxActive)
                .maxOutputs(0)
                .unified(false);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message + ".");
        }
    }

    private EngineOptions with(Consumer<EngineOptions> change) {
        try {
            var copy = (EngineOptions) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }
}
