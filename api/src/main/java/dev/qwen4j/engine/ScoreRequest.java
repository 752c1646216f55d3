package dev.qwen4j.engine;

import dev.qwen4j.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Computes how likely the last tokens of a text are. */
final class ScoreRequest extends Request {
    private final int first;
    private final CompletableFuture<Score> result;
    private final List<TokenLogprob> scored = new ArrayList<>();

    /**
     * Creates one.
     *
     * @param first the position of the first token to be scored, 1 or more
     */
    ScoreRequest(Demand demand, Transcript transcript, int first, CompletableFuture<Score> result) {
        super(demand, transcript);
        this.first = first;
        this.result = result;
    }

    @Override
    int reusable() {
        return first - 1;
    }

    @Override
    boolean wantsOutput(int position) {
        // What was scored before its slot was taken is not scored again.
        return position >= first - 1 + scored.size() && position < tokens().size() - 1;
    }

    @Override
    void prepare(Context context) {}

    @Override
    Optional<FinishReason> computed(Context context, Part part) {
        for (int i = 0; i < part.count(); i++) {
            int position = part.from() + i;
            if (wantsOutput(position)) {
                int token = tokens().get(position + 1);
                scored.add(new Logprobs(context.logitsView(part.index() + i)).of(token, 0));
            }
        }
        if (first - 1 + scored.size() < tokens().size() - 1) {
            return Optional.empty();
        }
        result.complete(
                new Score(scored.stream().mapToDouble(TokenLogprob::logprob).sum(), scored));
        return Optional.of(FinishReason.STOP);
    }

    @Override
    void finish(FinishReason reason) {
        if (!result.isDone()) {
            result.completeExceptionally(Unfinished.because(reason));
        }
    }

    @Override
    void fail(RuntimeException e) {
        result.completeExceptionally(e);
    }
}
