package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.CancelledException;
import dev.qwen4j.Tokenizer;
import dev.qwen4j.engine.RecordedLogits.Sampled;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A generation that somebody waits for in one way or another, and what is to come of it. For one thread. */
final class Pending {
    private final Optional<SoakSession> owner;
    private final Generation generation;
    private final Transcript prompt;
    private final Optional<GenerationOptions> options;
    private final StringBuilder read = new StringBuilder();
    private Optional<Iterator<Chunk>> reader = Optional.empty();
    private Optional<Thread> waiter = Optional.empty();
    private boolean disturbed;

    /**
     * One that was just asked for.
     *
     * @param owner whose tokens it becomes, if somebody's
     * @param prompt what it is generated behind
     * @param options empty where nothing is generated
     */
    Pending(
            Optional<SoakSession> owner,
            Generation generation,
            Transcript prompt,
            Optional<GenerationOptions> options) {
        this.owner = owner;
        this.generation = generation;
        this.prompt = prompt;
        this.options = options;
    }

    Optional<SoakSession> owner() {
        return owner;
    }

    Generation generation() {
        return generation;
    }

    Transcript prompt() {
        return prompt;
    }

    Optional<GenerationOptions> options() {
        return options;
    }

    /** Decides who waits: nobody for now, a thread, or a reader who takes his time. */
    void begin(Random random) {
        switch (random.nextInt(8)) {
            case 0, 1 -> reader = Optional.of(generation.iterator());
            case 2 ->
                waiter = Optional.of(Thread.ofVirtual().start(() -> {
                    try {
                        generation.await();
                    } catch (CancelledException e) {
                        Thread.currentThread().interrupt();
                    }
                }));
            default -> {}
        }
    }

    /** Has the reader, if there is one, take a few chunks, for which he waits. */
    void readSome(int most) {
        reader.ifPresent(chunks -> {
            for (int i = 0; i < most && chunks.hasNext(); i++) {
                read.append(chunks.next().text());
            }
        });
    }

    /** Somebody does not want it any more. */
    void disturb() {
        waiter.ifPresentOrElse(Thread::interrupt, generation::cancel);
        disturbed = true;
    }

    boolean isDone() {
        return generation.await(Duration.ZERO).isPresent();
    }

    /** The reply; an AssertionError if it does not come. */
    Reply await(Duration patience) {
        if (!disturbed && prompt.size() % 2 == 0) {
            readSome(Integer.MAX_VALUE);
        }
        var reply = generation
                .await(patience)
                .orElseThrow(() -> new AssertionError("It does not end: " + options + " behind " + prompt.size()));
        readSome(Integer.MAX_VALUE);
        return reply;
    }

    /** That the reply is what such options allow. */
    void check(Tokenizer tokenizer, Reply reply, List<Sampled> sampled) {
        var tokens = reply.tokens();
        var reason = reply.finishReason();
        boolean stopped = reason == FinishReason.STOP;
        assertThat(sampled.stream()
                        .limit(sampled.size() - (stopped ? 1 : 0))
                        .map(Sampled::token)
                        .toList())
                .isEqualTo(tokens);
        var usage = reply.usage();
        assertThat(usage.promptTokens()).isEqualTo(prompt.size());
        assertThat(usage.generatedTokens()).isEqualTo(tokens.size());
        assertThat(usage.cachedTokens()).isLessThanOrEqualTo(prompt.size() - (options.isPresent() ? 1 : 0));
        if (reader.isPresent()) {
            assertThat(read).hasToString(reply.text());
        }
        if (options.isEmpty()) {
            assertThat(reason).isIn(FinishReason.LENGTH, FinishReason.CANCELLED);
            assertThat(reply.text()).isEmpty();
            return;
        }
        check(tokenizer, reply, sampled, options.get());
    }

    private static void check(Tokenizer tokenizer, Reply reply, List<Sampled> sampled, GenerationOptions wanted) {
        var tokens = reply.tokens();
        switch (reply.finishReason()) {
            case STOP ->
                assertThat(isEnd(tokenizer, wanted, sampled.getLast().token())).isTrue();
            case LENGTH -> assertThat(tokens).hasSize(wanted.maxTokens());
            case STOP_STRING -> assertThat(wanted.stopStrings()).isNotEmpty();
            case CONTEXT_FULL -> assertThat(wanted.overflow()).isNotInstanceOf(Overflow.Shift.class);
            case DEADLINE -> assertThat(wanted.deadline()).isPresent();
            case CANCELLED -> {}
            case REJECTED, FAILED -> throw new AssertionError(reply.toString());
        }
        assertThat(tokens).noneMatch(token -> isEnd(tokenizer, wanted, token));
        if (reply.finishReason() == FinishReason.STOP) {
            assertThat(tokens).hasSizeGreaterThanOrEqualTo(wanted.minTokens());
        }
        checkText(tokenizer, reply, wanted);
        if (wanted.logprobs().isPresent()) {
            assertThat(reply.logprobs()).hasSameSizeAs(tokens);
            for (int i = 0; i < tokens.size(); i++) {
                var logprob = reply.logprobs().get(i);
                assertThat(logprob.token()).isEqualTo(tokens.get(i));
                assertThat(logprob.logprob())
                        .isCloseTo(
                                Rounding.logProbabilities(sampled.get(i).logits())[tokens.get(i)],
                                org.assertj.core.data.Offset.offset(1e-4));
            }
        }
    }

    private static void checkText(Tokenizer tokenizer, Reply reply, GenerationOptions wanted) {
        var decoder = tokenizer.newStreamingDecoder();
        var text = new StringBuilder();
        reply.tokens().forEach(token -> text.append(decoder.add(token)));
        text.append(decoder.finish());
        if (reply.finishReason() == FinishReason.STOP_STRING) {
            assertThat(text.toString()).startsWith(reply.text());
            assertThat(wanted.stopStrings())
                    .anyMatch(stop -> text.indexOf(stop) == reply.text().length());
        } else {
            assertThat(reply.text()).isEqualTo(text.toString());
        }
        assertThat(wanted.stopStrings()).noneMatch(reply.text()::contains);
    }

    private static boolean isEnd(Tokenizer tokenizer, GenerationOptions wanted, int token) {
        return tokenizer.isEndOfGeneration(token) || wanted.stopTokens().contains(token);
    }
}
