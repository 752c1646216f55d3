package dev.qwen4j.guard;

import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_context_params;
import dev.qwen4j.bindings.generated.llama_token_data_array;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** Trips the guard a thousand times, by asserts and by exceptions, and looks at the memory of the process before and after. */
final class ThousandTripsMain {
    private static final int MOST_MIB = 4;

    private final Scene scene = new Scene(Path.of("."));
    private final Raw raw = scene.raw;
    private final MemorySegment large = raw.batchOf(513);
    private final MemorySegment chooser = raw.sampler(scene.model, LlamaCpp.QWEN4J_SAMPLER_TYPICAL());
    private final MemorySegment nothing = llama_token_data_array.allocate(raw.arena);
    private final MemorySegment room = raw.arena.allocate(64);
    private final MemorySegment params = LlamaCpp.llama_context_default_params(raw.arena);
    private int trips;

    private ThousandTripsMain() {
        llama_context_params.n_batch(params, 0);
    }

    public static void main(String[] args) throws IOException {
        var main = new ThousandTripsMain();
        main.trip(100);
        long before = residentKib();
        main.trip(1000);
        long grownKib = residentKib() - before;
        System.out.printf("[guard] %d trips, %d KiB more%n", main.trips, grownKib);
        main.scene.answersAsBefore();
        if (grownKib > MOST_MIB * 1024) {
            throw new AssertionError("The process has grown by " + grownKib + " KiB.");
        }
    }

    private void trip(int times) {
        for (int i = 0; i < times; i++) {
            switch (i % 4) {
                case 0 -> raw.decode(scene.context, large);
                case 1 -> LlamaCpp.qwen4j_sampler_apply(raw.error, chooser, nothing);
                case 2 -> LlamaCpp.qwen4j_token_to_piece(raw.error, scene.vocabulary, -1, room, 64, 0, true);
                default -> LlamaCpp.qwen4j_context_new(raw.error, scene.model, params, MemorySegment.NULL);
            }
            int status = raw.status();
            if (status != LlamaCpp.QWEN4J_STATUS_ASSERTION() && status != LlamaCpp.QWEN4J_STATUS_EXCEPTION()) {
                throw new AssertionError("Trip " + i + " ended with status " + status + ", " + raw.message());
            }
            trips++;
        }
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
