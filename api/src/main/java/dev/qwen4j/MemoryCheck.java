package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufArray;
import dev.qwen4j.internal.NativeModel;
import dev.qwen4j.internal.NativeNeeds;
import dev.qwen4j.internal.NativeNeeds.Need;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what a model or a context would take with what there is, before llama.cpp allocates it: a cache is touched at once, and the operating system ends a
 * process that takes too much.
 *
 * <p>What is measured is llama.cpp's own account. Not in it are the cells of a cache, which are counted here, and logits, which come with the batches.
 * Weights of a mapped file need no memory of the process: where the system has too little for them it reads them again and again, which is slow and said in
 * the log.
 */
final class MemoryCheck {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryCheck.class);

    /** In llama-kv-cells.h: position, extent, shift, and a bit for each of 256 sequences. */
    private static final long CELL_BYTES = 4 + 8 + 4 + 32;

    private static final int LENGTH_STEP = 256;
    private static final int SHORT = 4096;
    private static final int GUESSES = 10;
    private static final String SHORTER = "Take a shorter one, or smaller key and value types";

    private final ModelParts parts;
    private final Gguf header;
    private final ModelOptions options;
    private final HostMemory memory;

    MemoryCheck(ModelParts parts, Gguf header, ModelOptions options, HostMemory memory) {
        this.parts = parts;
        this.header = header;
        this.options = options;
        this.memory = memory;
    }

    /** Throws an InsufficientMemoryException where the weights do not fit. */
    void beforeLoad() {
        if (!options.checkMemory() || options.vocabularyOnly()) {
            return;
        }
        var available = memory.available();
        boolean gpu = Devices.supportsGpu();
        if (!gpu && (available.isEmpty() || parts.tensorBytes() <= available.getAsLong())) {
            return;
        }
        measure(ContextOptions.defaults().length(LENGTH_STEP)).ifPresent(needs -> {
            boolean maps = maps();
            long own = sum(needs, need -> need.host() && !(maps && need.mappable()) ? need.model() : 0);
            long mapped = sum(needs, need -> need.host() && maps && need.mappable() ? need.model() : 0);
            var what = "The weights of " + parts.first().path();
            require(
                    what,
                    own,
                    available,
                    OptionalInt.empty(),
                    "Use a smaller or lower quantized model, or LoadMode.MMAP");
            requireDevices(what, needs, Need::model, "Lower gpuLayers");
            if (available.isPresent() && own + mapped > available.getAsLong()) {
                LOG.warn(
                        "{} take {} bytes and {} are free, so parts of them will be read from the disk again and again.",
                        what,
                        own + mapped,
                        available.getAsLong());
            }
        });
    }

    /** Throws an InsufficientMemoryException where a context does not fit. */
    void beforeContext(ContextOptions context, NativeModel model) {
        var available = memory.available();
        if (!context.checkMemory() || (isSmall(context, model, available) && !Devices.supportsGpu())) {
            return;
        }
        var what = "A context of %,d tokens".formatted(context.length());
        long cell = model.isRecurrent() ? 0 : CELL_BYTES;
        var growth = growth(context, cell);
        long expected = growth.map(line -> line.at(context.length())).orElse(0L);
        // Measuring allocates the cells, so that is not done for a length beyond all measure.
        if (available.isPresent()
                && expected > available.getAsLong()
                && cell * context.length() > available.getAsLong() / 8) {
            require(what, expected, available, fitting(context, cell, growth, available.getAsLong()), SHORTER);
        }
        measure(context).ifPresent(needs -> {
            long needed = host(needs) + cell * context.length();
            if (available.isPresent() && needed > available.getAsLong()) {
                require(what, needed, available, fitting(context, cell, growth, available.getAsLong()), SHORTER);
            }
            requireDevices(what, needs, need -> need.context() + need.compute(), "Lower gpuLayers");
        });
    }

    /** What contexts take, as a line through two short ones. Longer ones take as much, or more where masks outgrow what else is computed. */
    private record Growth(double perToken, double atNone) {
        long at(long length) {
            return (long) (atNone + perToken * length);
        }

        double lengthFor(long bytes) {
            return (bytes - atNone) / perToken;
        }
    }

    private Optional<Growth> growth(ContextOptions context, long cell) {
        var shorter = measure(context.length(SHORT));
        var longer = measure(context.length(2 * SHORT));
        if (shorter.isEmpty() || longer.isEmpty()) {
            return Optional.empty();
        }
        double perToken = (double) (host(longer.get()) - host(shorter.get())) / SHORT + cell;
        return perToken <= 0
                ? Optional.empty()
                : Optional.of(new Growth(perToken, host(shorter.get()) + (cell - perToken) * SHORT));
    }

    /** Measuring takes some milliseconds: not where even every head with keys of its own, in F32 and without flash attention, takes the half at most. */
    private static boolean isSmall(ContextOptions context, NativeModel model, OptionalLong available) {
        double width = Math.max(model.embeddingLength(), model.headCount() * 256.0);
        double cache = 2.0 * Float.BYTES * model.layerCount() * context.length() * width;
        double scores = 2.0 * Float.BYTES * model.headCount() * context.length() * context.microBatchSize();
        double activations = (double) Float.BYTES
                * context.microBatchSize()
                * (model.vocabulary().size() + 64 * width);
        return available.isPresent()
                && !model.isRecurrent()
                && !model.isHybrid()
                && cache + scores + activations < available.getAsLong() / 2.0;
    }

    private static long host(List<Need> needs) {
        return sum(needs, need -> need.host() ? need.context() + need.compute() : 0);
    }

    /** A length that fits, not much shorter than the longest. */
    private OptionalInt fitting(ContextOptions context, long cell, Optional<Growth> growth, long available) {
        double guess = growth.map(line -> line.lengthFor(available)).orElse(0.0);
        long length = (long) Math.min(context.length(), guess);
        for (int i = 0; i < GUESSES && length >= LENGTH_STEP; i++) {
            length = length / LENGTH_STEP * LENGTH_STEP;
            var needs = measure(context.length((int) length));
            if (needs.isEmpty()) {
                return OptionalInt.empty();
            }
            long needed = host(needs.get()) + cell * length;
            if (needed <= available) {
                return OptionalInt.of((int) length);
            }
            length = (long) ((double) length * available / needed);
        }
        return OptionalInt.empty();
    }

    private void requireDevices(String what, List<Need> needs, ToLongFunction<Need> bytes, String advice) {
        for (var device : Devices.list()) {
            long needed = sum(
                    needs, need -> !need.host() && need.device().equals(device.name()) ? bytes.applyAsLong(need) : 0);
            if (needed > 0 && device.totalMemory() > 0 && needed > device.freeMemory()) {
                require(
                        what + " on " + device.name(),
                        needed,
                        OptionalLong.of(device.freeMemory()),
                        OptionalInt.empty(),
                        advice);
            }
        }
    }

    private static void require(String what, long needed, OptionalLong available, OptionalInt fitting, String advice) {
        if (available.isEmpty() || needed <= available.getAsLong()) {
            return;
        }
        var fits = fitting.isPresent() ? " %,d tokens would fit.".formatted(fitting.getAsInt()) : "";
        throw new InsufficientMemoryException(
                "%s: %,d bytes of memory are needed, and %,d are available.%s %s; checkMemory(false) tries all the same."
                        .formatted(what, needed, available.getAsLong(), fits, advice),
                needed,
                available.getAsLong(),
                fitting);
    }

    private boolean maps() {
        return switch (options.loadMode()) {
            case MMAP -> true;
            case AUTO ->
                Devices.list().stream()
                        .filter(device -> device.type() == DeviceType.GPU || device.type() == DeviceType.INTEGRATED_GPU)
                        .allMatch(device -> device.capabilities().mapping());
            case READ, MLOCK, MMAP_MLOCK, DIRECT_IO -> false;
        };
    }

    /** Empty where llama.cpp would not make them: it says so again when it is asked in earnest. */
    private Optional<List<Need>> measure(ContextOptions context) {
        try {
            return Optional.of(
                    NativeNeeds.measure(parts.paths(), options, context, header.architecture(), vocabularySize()));
        } catch (LlamaException e) {
            LOG.debug("Memory could not be measured.", e);
            return Optional.empty();
        }
    }

    private int vocabularySize() {
        return header.array("tokenizer.ggml.tokens").map(GgufArray::size).orElseGet(() ->
                (int) header.integer(header.architecture() + ".vocab_size").orElse(0));
    }

    private static long sum(List<Need> needs, ToLongFunction<Need> bytes) {
        return needs.stream().mapToLong(bytes).sum();
    }
}
