package dev.qwen4j.engine;

import dev.qwen4j.Batch;
import dev.qwen4j.CancelledException;
import dev.qwen4j.Context;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Computes: first a token of everything that generates, then as much of the prompts as a step has time for. Two batches cost little more than one, since llama.cpp
 * computes sequences together only as far as they have equally many tokens; so those that generate get theirs first, and a prompt can be given up in the middle
 * without anybody else noticing. For the engine's thread.
 */
final class Steps {
    private static final int MOST_DRAFTS = 16;

    private final Context context;
    private final Slots slots;
    private final AdaptiveThreads threads;
    private final WaitingQueue queue;
    private final Counters counters;
    private final Batch batch = new Batch();
    /** Whose prompts are computed now, which may be given up; nobody's, while something else is. */
    private volatile List<Part> prefilling = List.of();

    /** Recurrent states of all sequences are lost where a computation is given up, so that it is waited for instead. */
    private final boolean givesUp;

    Steps(Context context, Slots slots, AdaptiveThreads threads, WaitingQueue queue, Counters counters) {
        this.context = context;
        this.slots = slots;
        this.threads = threads;
        this.queue = queue;
        this.counters = counters;
        var traits = context.model().traits();
        this.givesUp = !traits.recurrent() && !traits.hybrid();
    }

    /** Has the prompts that are computed now given up, if one of them was cancelled or the engine closed. Any thread. */
    void disturb() {
        if (givesUp && isInVain(prefilling)) {
            context.cancel();
        }
    }

    private boolean isInVain(List<Part> parts) {
        return !parts.isEmpty()
                && (queue.isClosed()
                        || parts.stream().anyMatch(part -> part.request().isCancelled()));
    }

    /** Whether the context is closed, as it is after an assert in the middle of a computation. */
    boolean isContextLost() {
        try {
            return context.threads() < 1;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /**
     * Runs a step.
     *
     * @param ended told of each request that ends
     * @param failed told of each that fails by itself, as where nothing can be sampled
     */
    void run(
            List<Request> active,
            BiConsumer<Request, FinishReason> ended,
            BiConsumer<Request, RuntimeException> failed) {
        counters.step();
        var together = new ArrayList<Request>();
        for (var request : List.copyOf(active)) {
            if (request.demand().deterministic()) {
                alone(request, ended, failed);
            } else {
                together.add(request);
            }
        }
        together.sort(Comparator.comparingInt(request -> request.slot().id()));
        var generating =
                together.stream().filter(each -> each.uncomputed() == 1).toList();
        var prompts = together.stream()
                .filter(each -> each.uncomputed() > 1)
                .sorted(Comparator.<Request>comparingInt(each -> -each.demand().priority())
                        .thenComparingDouble(queue::served)
                        .thenComparingLong(Request::lastComputed))
                .toList();
        if (!generating.isEmpty()) {
            generate(generating, prompts.isEmpty(), ended, failed);
        }
        if (!prompts.isEmpty()) {
            prefill(prompts, generating.size(), ended, failed);
        }
    }

    private void generate(
            List<Request> generating,
            boolean draft,
            BiConsumer<Request, FinishReason> ended,
            BiConsumer<Request, RuntimeException> failed) {
        batch.clear();
        var parts = new ArrayList<Part>();
        int room = Math.min(context.microBatchSize(), context.batchSize()) - generating.size();
        for (var request : generating) {
            var drafts = draft && slots.store().cuts() ? drafts(request, generating.size(), room) : new TokenList();
            room -= drafts.size();
            parts.add(add(request, 1, drafts));
        }
        var event = new DecodeEvent();
        event.begin();
        long start = System.nanoTime();
        threads.begin(batch.size(), slots.store().cuts());
        try {
            context.decode(batch);
        } catch (CancelledException e) {
            giveUp(parts);
            return;
        }
        threads.end();
        long end = System.nanoTime();
        counters.decoded(end - start);
        event.end();
        if (event.shouldCommit()) {
            event.tokens = batch.size();
            event.requests = parts.size();
            event.drafts = batch.size() - parts.size();
            event.commit();
        }
        take(parts, ended, failed);
    }

    private TokenList drafts(Request request, int generating, int room) {
        if (!(request instanceof GenerationRequest generation)) {
            return new TokenList();
        }
        int most = Math.min(MOST_DRAFTS, room);
        int count = most < 1
                ? 0
                : threads.costs().drafts(generating, generation.guesses(), generation.nanosPerDraft(), most);
        if (count == 0) {
            generation.guesses().passed();
            return new TokenList();
        }
        return request.draft(count);
    }

    /** How many of a request's tokens are computed in a step. */
    private record Share(Request request, int tokens) {}

    private void prefill(
            List<Request> prompts,
            int generating,
            BiConsumer<Request, FinishReason> ended,
            BiConsumer<Request, RuntimeException> failed) {
        batch.clear();
        int most = Math.min(context.microBatchSize(), context.batchSize());
        int room = threads.costs().promptTokens(generating, most);
        var counts = new TreeMap<Integer, Share>();
        for (var request : prompts) {
            int count = Math.min(request.untilCheckpoint(), room);
            if (count > 0) {
                counts.put(request.slot().id(), new Share(request, count));
                room -= count;
            }
        }
        // In the order of their ids, in which llama.cpp finds those that it can compute together.
        var parts = counts.values().stream()
                .map(share -> add(share.request, share.tokens, new TokenList()))
                .toList();
        var event = new PrefillEvent();
        event.begin();
        long start = System.nanoTime();
        threads.begin(batch.size(), slots.store().cuts());
        try {
            prefilling = parts;
            if (isInVain(parts)) {
                threads.cancelled();
                return; // cancelling stops what runs, and this did not yet
            }
            context.decode(batch);
        } catch (CancelledException e) {
            giveUp(parts);
            record(event, parts, true);
            return;
        } finally {
            prefilling = List.of();
        }
        threads.end();
        long end = System.nanoTime();
        counters.prefilled(end - start, batch.size());
        record(event, parts, false);
        take(parts, ended, failed);
    }

    /** Has a request make of its logits what it will; what was computed on trial and not accepted is given up. */
    private Optional<FinishReason> chosen(Request request, Part part) {
        int held = part.from() + part.count() + part.drafts().size();
        try {
            return request.computed(context, part);
        } finally {
            slots.settle(request.slot(), held);
        }
    }

    private void record(PrefillEvent event, List<Part> parts, boolean cancelled) {
        event.end();
        if (event.shouldCommit()) {
            event.tokens = batch.size();
            event.requests = parts.size();
            event.cancelled = cancelled;
            event.commit();
        }
    }

    /** A computation was cancelled, or had better begin again with fewer threads. */
    private void giveUp(List<Part> parts) {
        threads.cancelled();
        parts.forEach(part -> resynchronize(part.request()));
    }

    /** A computation was given up: a sequence holds what it held, or nothing where its cache cannot be cut. */
    private void resynchronize(Request request) {
        var slot = request.slot();
        int held = context.position(slot.id());
        if (held != slot.length()) {
            slots.discard(slot);
        }
    }

    private void alone(
            Request request, BiConsumer<Request, FinishReason> ended, BiConsumer<Request, RuntimeException> failed) {
        batch.clear();
        int most = Math.min(context.microBatchSize(), context.batchSize());
        // What was generated before it lost its slot is computed again as it was.
        int prompt = Math.max(1, request.batched() - request.slot().length());
        var part = add(request, Math.min(prompt, most), new TokenList());
        threads.beginWithAll();
        try {
            prefilling = request.uncomputed() > 1 ? List.of(part) : List.of();
            if (isInVain(prefilling)) {
                return;
            }
            context.decode(batch);
        } catch (CancelledException e) {
            // Borders between batches stay where they are, since a batch is given up as a whole; but the cells of what
            // left
            // a window may be taken.
            if (slots.store().cuts()) {
                resynchronize(request);
            } else {
                slots.discard(request.slot());
            }
            return;
        } finally {
            prefilling = List.of();
        }
        take(List.of(part), ended, failed);
    }

    private Part add(Request request, int count, TokenList drafts) {
        var slot = request.slot();
        int from = slot.length();
        int index = batch.size();
        for (int i = from; i < from + count; i++) {
            batch.add(request.tokens().get(i), slot.id(), request.wantsOutput(i));
        }
        for (int i = 0; i < drafts.size(); i++) {
            batch.add(drafts.get(i), slot.id(), true);
        }
        return new Part(request, from, count, drafts, index);
    }

    private void take(
            List<Part> parts, BiConsumer<Request, FinishReason> ended, BiConsumer<Request, RuntimeException> failed) {
        long now = System.nanoTime();
        for (var part : parts) {
            var request = part.request();
            var slot = request.slot();
            slot.tokens().addAll(request.tokens(), part.from(), part.from() + part.count());
            request.computedAt(now);
        }
        for (var part : parts) {
            var request = part.request();
            int before = request.generatedTokens();
            try {
                var end = chosen(request, part);
                if (request.isAtCheckpoint()) {
                    slots.store().save(request.slot());
                }
                int generated = request.generatedTokens() - before;
                counters.generated(generated);
                queue.credit(request, 0, part.count() + part.drafts().size(), generated);
                end.ifPresent(reason -> ended.accept(request, reason));
            } catch (RuntimeException e) {
                if (isContextLost()) {
                    throw e; // that concerns all
                }
                failed.accept(request, e);
            }
        }
    }
}
