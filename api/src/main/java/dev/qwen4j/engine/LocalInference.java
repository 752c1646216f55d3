package dev.qwen4j.engine;

import dev.qwen4j.CancelledException;
import dev.qwen4j.ChatPrompt;
import dev.qwen4j.ChatReply;
import dev.qwen4j.ChatRequest;
import dev.qwen4j.Model;
import dev.qwen4j.State;
import dev.qwen4j.Tokenizer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Computes in this process. */
final class LocalInference implements Inference {
    private final Model model;
    private final Tokenizer tokenizer;
    private final EngineThread work;
    private final EngineOptions options;
    private final TextEmbedder embedder;
    private volatile @Nullable List<Integer> ends;

    LocalInference(Model model, EngineThread work, EngineOptions options) {
        this.model = model;
        this.tokenizer = model.tokenizer();
        this.work = work;
        this.options = options;
        this.embedder = new TextEmbedder(model);
    }

    @Override
    public int limit() {
        return work.limit();
    }

    @Override
    public int vocabularySize() {
        return tokenizer.size();
    }

    @Override
    public int[] tokenize(String text, boolean atBeginning) {
        return tokenizer.encode(text, atBeginning);
    }

    @Override
    public ChatPrompt render(ChatRequest request) {
        return model.chatTemplate().render(request);
    }

    @Override
    public ChatReply parse(ChatPrompt prompt, String text, boolean partial) {
        return prompt.parse(text, partial);
    }

    @Override
    public Generation generate(
            Transcript transcript, Namespace namespace, Optional<GenerationOptions> wanted, Continuation continuation) {
        wanted.ifPresent(this::check);
        int changed = makeFit(transcript, wanted);
        var request = new GenerationRequest(
                demand(namespace.upTo(changed), wanted),
                transcript,
                continuation,
                wanted,
                work,
                options.readerBuffer(),
                tokenizer,
                work.limit(),
                this::ends,
                wanted.filter(each -> !each.deterministic()).flatMap(_ -> drafter()),
                work.counters(),
                work.probe());
        work.submit(request);
        return request.generation();
    }

    /** The tokens with which the model ends a reply; found once, since there may be 150,000 to ask about. */
    private List<Integer> ends() {
        var found = ends;
        if (found == null) {
            found = IntStream.range(0, tokenizer.size())
                    .filter(tokenizer::isEndOfGeneration)
                    .boxed()
                    .toList();
            ends = found;
        }
        return found;
    }

    private void check(GenerationOptions wanted) {
        wanted.stopTokens().forEach(token -> checked(token, "stopTokens"));
    }

    private void checked(int token, String where) {
        if (token < 0 || token >= tokenizer.size()) {
            throw new IllegalArgumentException("Token %d of %s is not in the vocabulary, which has tokens 0 to %d."
                    .formatted(token, where, tokenizer.size() - 1));
        }
    }

    /** Makes a prompt one that the context has room for; says from where on its tokens are others. */
    private int makeFit(Transcript transcript, Optional<GenerationOptions> wanted) {
        int before = transcript.size();
        if (before + (wanted.isPresent() ? 1 : 0) <= work.limit()) {
            return before;
        }
        int changed =
                transcript.makeRoom(wanted.map(GenerationOptions::overflow).orElse(Overflow.refuse()), work.limit());
        if (changed < 0) {
            throw new PromptTooLongException(before, work.limit());
        }
        return changed;
    }

    private Optional<Drafter> drafter() {
        return switch (options.drafting()) {
            case Drafting.None() -> Optional.empty();
            case Drafting.PromptLookup() -> Optional.of(new PromptLookup());
            case Drafting.DraftModel(var _) -> work.draftModel();
        };
    }

    private static Demand demand(Namespace namespace, Optional<GenerationOptions> wanted) {
        return wanted.map(each -> new Demand(
                        namespace,
                        each.priority(),
                        each.deadline().map(LocalInference::fromNow).orElse(Demand.NONE),
                        each.deterministic()))
                .orElse(new Demand(namespace, 0, Demand.NONE, false));
    }

    private static long fromNow(Duration duration) {
        try {
            return Math.addExact(System.nanoTime(), duration.toNanos());
        } catch (ArithmeticException e) {
            return Demand.NONE;
        }
    }

    @Override
    public Score score(Transcript transcript, Namespace namespace, int first) {
        if (transcript.size() > work.limit()) {
            throw new PromptTooLongException(transcript.size(), work.limit());
        }
        var result = new CompletableFuture<Score>();
        var request = new ScoreRequest(demand(namespace, Optional.empty()), transcript, first, result);
        work.submit(request);
        return await(result, request);
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        return embedder.embed(texts);
    }

    @Override
    public State save(Transcript transcript, Namespace namespace) {
        if (transcript.size() > work.limit()) {
            throw new PromptTooLongException(transcript.size(), work.limit());
        }
        var tokens = transcript.tokens().toArray();
        var result = new CompletableFuture<State>();
        var request = new ComputeRequest<>(
                demand(namespace, Optional.empty()),
                new Transcript(transcript),
                result,
                (context, slot) -> context.states().save(slot.id(), tokens));
        work.submit(request);
        try {
            return await(result, request);
        } catch (CancelledException e) {
            // One that comes yet is nobody's.
            var _ = result.thenAccept(State::close);
            throw e;
        }
    }

    @Override
    public void restore(State state, Transcript transcript, Namespace namespace) {
        if (transcript.size() == 0) {
            throw new IllegalArgumentException(
                    "The state does not know its tokens, so that no session can go on from it. Save one with its tokens.");
        }
        if (transcript.size() > work.limit()) {
            throw new PromptTooLongException(transcript.size(), work.limit());
        }
        var result = new CompletableFuture<Boolean>();
        var request =
                new RestoreRequest(demand(namespace, Optional.empty()), new Transcript(transcript), state, result);
        work.submit(request);
        await(result, request);
    }

    /** Frees what it has beside the engine. */
    void close() {
        embedder.close();
    }

    private <T> T await(CompletableFuture<T> result, Request request) {
        try {
            return result.get();
        } catch (InterruptedException e) {
            request.cancel();
            work.wake();
            Thread.currentThread().interrupt();
            throw new CancelledException("The thread that waited was interrupted, which cancels it.");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        }
    }
}
