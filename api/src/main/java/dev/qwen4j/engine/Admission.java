package dev.qwen4j.engine;

import dev.qwen4j.StateException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds places for what waits: behind the longest prefix that was computed, by whomever. For the engine's thread. */
final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    /** A shorter prefix is computed sooner than it is waited for or copied. */
    private static final int WORTHWHILE = 8;

    /** How long a tenant's generation keeps its slot if another tenant has fewer. */
    private static final long TURN = 1_000_000_000;

    private final Slots slots;
    private final PrefixStore store;

    Admission(Slots slots) {
        this.slots = slots;
        this.store = slots.store();
    }

    /** Whether another one is computing what a request begins with, and more of it than there is already. */
    boolean waitsForAnother(Request request) {
        if (request.demand().deterministic()) {
            return false;
        }
        var prompt = request.tokens().toArray();
        int most = Math.max(0, request.reusable());
        int available = store.match(request.namespace(), prompt, most).available();
        return waitsForAnother(request, prompt, most, available);
    }

    /** Gives a request a slot that holds as much of its prompt as there is; one must be free. */
    void begin(Request request) {
        if (request.demand().deterministic()) {
            var slot = slots.cheapest().orElseThrow();
            slots.empty(slot);
            request.begin(slot, Reuse.DETERMINISTIC);
            return;
        }
        var prompt = request.tokens().toArray();
        var namespace = request.namespace();
        int most = Math.max(0, request.reusable());
        var best = slots.all().stream()
                .max(Comparator.<Slot>comparingInt(slot -> usable(slot, namespace, prompt, most))
                        .thenComparing(slot -> !slot.isBusy()))
                .orElseThrow();
        int common = usable(best, namespace, prompt, most);
        int known = known(namespace, prompt, most);
        var match = store.match(namespace, prompt, most);
        if (best.isBusy() && common >= match.available() + WORTHWHILE) {
            store.save(best);
            match = store.match(namespace, prompt, most);
        }
        Slot slot;
        if (common >= WORTHWHILE && common >= match.available() && !best.isBusy()) {
            slot = best;
            slots.cut(slot, common);
        } else {
            slot = slots.cheapest().orElseThrow();
            store.touch(namespace, prompt, match.available());
            slots.empty(slot);
            // Keeping what was there may have cost what is wanted.
            match = store.match(namespace, prompt, most);
            if (common >= match.available() + WORTHWHILE && best != slot) {
                slots.copy(best, slot, common);
            } else if (match.available() >= WORTHWHILE) {
                restore(namespace, prompt, match.available(), slot);
            }
        }
        learnBranches(request, prompt, most, slot.length(), known);
        request.begin(slot, reason(slot.length(), most, known));
    }

    /** How much of a prompt was computed before, whether it can be taken or not. */
    private int known(Namespace namespace, int[] prompt, int most) {
        int known = store.match(namespace, prompt, most).known();
        for (var slot : slots.all()) {
            known = Math.max(known, slots.inCommon(slot, namespace, prompt, most));
        }
        return known;
    }

    private int usable(Slot slot, Namespace namespace, int[] prompt, int most) {
        int common = slots.inCommon(slot, namespace, prompt, most);
        return slots.canKeep(slot, common) ? common : 0;
    }

    private void restore(Namespace namespace, int[] prompt, int length, Slot slot) {
        try {
            store.restore(namespace, prompt, length, slot);
        } catch (StateException e) {
            log.warn("What was kept in host memory cannot be used, and is computed again", e);
            store.clear();
            slots.discard(slot);
        }
    }

    private boolean waitsForAnother(Request request, int[] prompt, int most, int available) {
        for (var slot : slots.all()) {
            if (!slot.isBusy() || slot.user().demand().deterministic()) {
                continue;
            }
            var other = slot.user();
            int common = request.namespace()
                    .shares(other.namespace(), Math.min(other.tokens().matches(prompt, 0), most));
            // What can be cut is copied out of the other one's slot, where host memory does not keep it.
            boolean shared = store.cuts() || store.keeps(common);
            if (shared && common >= available + WORTHWHILE && slot.length() < common) {
                if (!store.cuts()) {
                    other.checkpoint(common);
                }
                return true;
            }
        }
        return false;
    }

    /** Where a state cannot be cut, one is kept where this prompt leaves others, and behind the prompt, where its next turn may leave it. */
    private void learnBranches(Request request, int[] prompt, int most, int held, int known) {
        if (store.cuts()) {
            return;
        }
        if (known >= held + WORTHWHILE) {
            request.checkpoint(known);
        }
        if (request.namespace().publicTokens() > 0) {
            request.checkpoint(request.namespace().publicTokens());
        }
        // One that is preloaded is gone on from before its last token, too, whose logits are wanted then.
        int reused = Math.min(most, prompt.length - 1);
        if (reused >= WORTHWHILE) {
            request.checkpoint(reused);
        }
    }

    private Reuse reason(int held, int most, int known) {
        if (held >= most) {
            return Reuse.ALL;
        }
        // What is shorter than worthwhile is left where it is.
        if (known >= held + WORTHWHILE) {
            return store.cuts() ? Reuse.EVICTED : Reuse.CANNOT_BE_CUT;
        }
        return held == 0 ? Reuse.NOTHING_CACHED : Reuse.DIFFERS;
    }

    /**
     * Whom a request may take the slot of: the youngest of the least urgent, if that is less urgent; or where tenants are in each other's way, the youngest
     * of the one that has the most.
     *
     * @param active those that have slots
     */
    static Optional<Request> victim(Request request, List<Request> active, WaitingQueue queue, long now) {
        int priority = request.demand().priority();
        int least =
                active.stream().mapToInt(each -> each.demand().priority()).min().orElse(priority);
        var youngest = Comparator.comparingLong(Request::resumed).thenComparingLong(Request::order);
        if (least < priority) {
            return active.stream()
                    .filter(each -> each.demand().priority() == least)
                    .max(youngest);
        }
        int own = queue.activeOf(request);
        return active.stream()
                .filter(each -> each.demand().priority() == priority)
                .filter(each ->
                        !each.namespace().tenant().equals(request.namespace().tenant()))
                .filter(each ->
                        queue.activeOf(each) >= own + 2 || (own == 0 && queue.served(each) > queue.served(request)))
                .filter(each -> now - each.resumed() >= TURN)
                .max(Comparator.<Request>comparingInt(queue::activeOf).thenComparing(youngest));
    }
}
