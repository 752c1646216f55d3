package dev.qwen4j.internal;

import java.lang.foreign.MemorySegment;

/**
 * Where in memory the keys and values of some tokens lie.
 *
 * @param start where the first layer's keys begin, or what stands before them
 * @param heading how many bytes stand before the keys, and before the values, of each layer
 */
record RowBlock(MemorySegment memory, RowLayout layout, int tokens, long start, long heading) {
    /** Copies tokens to a place in a block of the same layout, lane by lane. */
    void copy(int from, RowBlock target, int to, int count) {
        long source = start;
        long destination = target.start;
        for (var lanes : layout.all()) {
            source += heading;
            destination += target.heading;
            long unit = lanes.unit();
            for (int lane = 0; lane < lanes.count(); lane++) {
                MemorySegment.copy(memory, source + from * unit, target.memory, destination + to * unit, count * unit);
                source += tokens * unit;
                destination += target.tokens * unit;
            }
        }
    }
}
