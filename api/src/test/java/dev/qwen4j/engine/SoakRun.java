package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.CancelledException;
import dev.qwen4j.ContextOptions;
import dev.qwen4j.State;
import dev.qwen4j.engine.SameAnswers.Answer;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Random operations on the sessions of one engine, whose room is far too small for them, each checked: a reply is what the model says, a session has the tokens
 * that it should have, what is refused is what has to be, and all ends. For one thread; it has others wait.
 */
final class SoakRun implements AutoCloseable {
    private static final int MOST_SESSIONS = 24;
    private static final int MOST_PENDING = 24;
    private static final long PATIENCE = 60;

    /** What is not waited for: somebody does, and says what has to be looked at then. */
    private record Aside(Thread thread, CompletableFuture<Runnable> check) {}

    private final TestModel model;
    private final Random random;
    private final Path folder;
    private final SoakOptions options;
    private final RecordedLogits recorded = new RecordedLogits();
    private final Engine engine;
    private final SameAnswers answers;
    private final List<SoakSession> sessions = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<Aside> asides = new ArrayList<>();
    private int operations;
    private int refused;

    /**
     * Starts an engine.
     *
     * @param folder for states
     */
    SoakRun(TestModel model, double rounding, Path folder, Random random) {
        this.model = model;
        this.random = random;
        this.folder = folder;
        this.options = SoakOptions.draw(model, random);
        this.engine = Engine.start(model.model(), options::engine);
        engine.probe(recorded);
        this.answers = new SameAnswers(model.model(), rounding, engine.sessionLength(), options::context);
    }

    static ContextOptions context(ContextOptions options) {
        return options.threads(1).batchThreads(1).fullSlidingWindow(false);
    }

    /** Goes on for so long, and then ends all that it began. */
    void run(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            operate();
        }
        if (random.nextBoolean()) {
            engine.close();
        }
        while (!pending.isEmpty()) {
            settle(pending.getFirst());
        }
        while (!asides.isEmpty()) {
            settle(asides.getFirst());
        }
        assertDrained();
    }

    private void assertDrained() {
        try {
            assertThat(engine.drain(Duration.ofSeconds(PATIENCE))).as("drained").isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        var stats = engine.stats();
        assertThat(stats.queued()).as("queued").isZero();
        assertThat(stats.active()).as("active").isZero();
        assertThat(stats.parked()).as("parked").isZero();
        assertThat(stats.work().restarts()).as("restarts").isZero();
        assertThat(stats.cache().tokens()).isLessThanOrEqualTo(stats.cache().capacity());
        assertThat(stats.cache().hostBytes()).isLessThanOrEqualTo(options.hostCache());
    }

    private void operate() {
        operations++;
        if (pending.size() >= MOST_PENDING) {
            settle(pending.get(random.nextInt(4)));
        }
        for (var aside : List.copyOf(asides)) {
            if (aside.check().isDone()) {
                settle(aside);
            }
        }
        int die = random.nextInt(100);
        if (sessions.isEmpty() || (die < 8 && sessions.size() < MOST_SESSIONS)) {
            begin();
        } else if (die < 14 && !pending.isEmpty()) {
            disturb(pending.get(random.nextInt(pending.size())));
        } else if (die < 19 && !pending.isEmpty()) {
            pending.get(random.nextInt(pending.size())).readSome(random.nextInt(6));
        } else {
            var session = sessions.get(random.nextInt(sessions.size()));
            if (session.isBusy()) {
                disturb(session);
            } else {
                operate(session, random.nextInt(100));
            }
        }
    }

    private void begin() {
        var tenant = List.of("", "a", "b").get(random.nextInt(3));
        var session = new SoakSession(engine.session(tenant), tenant);
        if (random.nextInt(4) > 0) {
            session.append(pick(model.openings()));
        }
        if (random.nextInt(8) == 0) {
            session.append(model.text(50 + random.nextInt(engine.sessionLength() - 60)));
        }
        if (random.nextInt(3) == 0) {
            session.share();
        }
        session.beginTurn();
        session.append(pick(model.phrases()));
        sessions.add(session);
    }

    private int[] pick(List<int[]> from) {
        return from.get(random.nextInt(from.size()));
    }

    private void operate(SoakSession session, int die) {
        if (die < 20) {
            if (random.nextBoolean()) {
                session.beginTurn();
            }
            session.append(pick(model.phrases()));
        } else if (die < 28) {
            if (sessions.size() < MOST_SESSIONS) {
                sessions.add(session.fork());
            }
        } else if (die < 36) {
            int length = session.length();
            session.rewind(
                    random.nextBoolean() ? length - random.nextInt(Math.min(length, 8)) : random.nextInt(length) + 1);
        } else if (die < 39) {
            sessions.remove(session);
            session.close();
        } else if (die < 44) {
            ask(session, Optional.empty());
        } else if (die < 48) {
            askForSeveral(session);
        } else if (die < 51) {
            var fork = session.fork();
            aside(() -> score(fork));
        } else if (die < 54) {
            var fork = session.fork();
            aside(() -> save(fork));
        } else {
            ask(session, Optional.of(options.draw(random)));
        }
    }

    /** Something is done with a session that generates. */
    private void disturb(SoakSession session) {
        var own = session.pending();
        switch (random.nextInt(24)) {
            case 0 -> {
                sessions.remove(session);
                own.disturb();
                session.close();
            }
            case 1, 2 -> misuse(session, own);
            case 3, 4, 5, 6, 7, 8 -> {
                if (own.isDone()) {
                    settle(own);
                }
            }
            default -> {}
        }
    }

    /** It is refused, unless the generation has ended meanwhile. */
    private void misuse(SoakSession session, Pending own) {
        int[] more = pick(model.phrases());
        try {
            session.session().append(more);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("is generating");
            refused++;
            return;
        }
        settle(own, more.length);
        session.appended(more);
    }

    private void disturb(Pending one) {
        one.disturb();
        if (random.nextBoolean()) {
            settle(one);
        }
    }

    private void ask(SoakSession session, Optional<GenerationOptions> wanted) {
        var prompt = new Transcript(session.transcript());
        boolean fits = makeRoom(prompt, wanted);
        try {
            var generation = wanted.isPresent()
                    ? session.session().generate(_ -> wanted.get())
                    : session.session().preload();
            assertThat(fits).as("fits").isTrue();
            add(new Pending(Optional.of(session), generation, prompt, wanted));
        } catch (PromptTooLongException e) {
            assertThat(fits).as(e.getMessage()).isFalse();
            refused++;
            session.rewind(1 + random.nextInt(engine.sessionLength() / 2));
        } catch (RejectedException e) {
            refused++;
        }
    }

    private void askForSeveral(SoakSession session) {
        var wanted = options.draw(random);
        var prompt = new Transcript(session.transcript());
        boolean fits = makeRoom(prompt, Optional.of(wanted));
        int count = 1 + random.nextInt(4);
        try {
            var generations = session.session().generate(count, _ -> wanted);
            assertThat(generations).hasSize(count);
            assertThat(fits).as("fits").isTrue();
            for (int i = 0; i < count; i++) {
                var sampling = wanted.sampling();
                var own = sampling.seed().isPresent()
                        ? sampling.seed(sampling.seed().getAsLong() + i)
                        : sampling;
                add(new Pending(
                        Optional.empty(),
                        generations.get(i),
                        new Transcript(prompt),
                        Optional.of(wanted.sampling(own))));
            }
        } catch (PromptTooLongException e) {
            assertThat(fits).as(e.getMessage()).isFalse();
            refused++;
        } catch (RejectedException e) {
            refused++;
        }
    }

    private boolean makeRoom(Transcript prompt, Optional<GenerationOptions> wanted) {
        int limit = engine.sessionLength();
        if (prompt.size() + (wanted.isPresent() ? 1 : 0) <= limit) {
            return true;
        }
        return wanted.isPresent() && prompt.makeRoom(wanted.get().overflow(), limit) >= 0;
    }

    private void add(Pending one) {
        one.begin(random);
        pending.add(one);
        one.owner().ifPresent(owner -> owner.pending(one));
    }

    private void settle(Pending one) {
        settle(one, 0);
    }

    /** Waits for the end of one, and checks it. */
    private void settle(Pending one, int appendedBehind) {
        pending.remove(one);
        var reply = one.await(Duration.ofSeconds(PATIENCE));
        var sampled = recorded.take(one.generation());
        one.check(model.model().tokenizer(), reply, sampled);
        var text = one.options().isPresent()
                ? answers.check(new Answer(one.prompt(), one.options().get(), sampled, reply.finishReason()))
                : one.prompt();
        one.owner().ifPresent(owner -> {
            int[] tokens = owner.session().tokens();
            assertThat(Arrays.copyOf(tokens, tokens.length - appendedBehind))
                    .as("tokens after %s", reply)
                    .isEqualTo(text.tokens().toArray());
            owner.ended(text);
        });
    }

    private interface Wait {
        Runnable run() throws IOException;
    }

    private void aside(Wait wait) {
        if (asides.size() >= 6) {
            settle(asides.getFirst());
        }
        var check = new CompletableFuture<Runnable>();
        var thread = Thread.ofVirtual().start(() -> {
            try {
                check.complete(wait.run());
            } catch (RejectedException | PromptTooLongException | CancelledException e) {
                check.complete(() -> refused++);
            } catch (IllegalStateException e) {
                // The engine was closed meanwhile.
                check.complete(() -> assertThat(e).hasMessageContaining("closed"));
            } catch (Throwable e) {
                if (e.getCause() instanceof ClosedByInterruptException) {
                    check.complete(() -> refused++);
                } else {
                    check.completeExceptionally(e);
                }
            }
        });
        asides.add(new Aside(thread, check));
        if (random.nextInt(8) == 0) {
            thread.interrupt();
        }
    }

    private void settle(Aside aside) {
        asides.remove(aside);
        try {
            aside.check().get(PATIENCE, TimeUnit.SECONDS).run();
        } catch (Exception e) {
            throw new AssertionError("What somebody waited for did not come: " + e, e);
        }
    }

    private Runnable score(SoakSession fork) {
        try (var session = fork.session()) {
            var texts = new String[] {"Yes, of course", "No", "Paris"};
            var choices = session.decide(texts);
            return () -> {
                for (int i = 0; i < texts.length; i++) {
                    answers.checkScore(
                            session.tokens(),
                            model.model().tokenizer().encode(texts[i], false),
                            choices.get(i).logprob());
                }
                assertThat(choices.stream().mapToDouble(Choice::probability).sum())
                        .isBetween(0.999, 1.001);
            };
        }
    }

    private Runnable save(SoakSession fork) throws IOException {
        try (var session = fork.session();
                var state = session.save();
                var copy = copy(state)) {
            assertThat(copy.tokens()).isEqualTo(session.tokens());
            var opened = engine.open(copy, fork.tenant());
            return () -> {
                assertThat(opened.tokens()).isEqualTo(session.tokens());
                if (sessions.size() < MOST_SESSIONS) {
                    sessions.add(SoakSession.opened(opened, fork.tenant()));
                }
            };
        }
    }

    private State copy(State state) throws IOException {
        if (state.position() % 2 == 0) {
            return State.fromBytes(state.toBytes());
        }
        var file = Files.createTempFile(folder, "session", ".state");
        try {
            state.writeTo(file);
            return State.read(file);
        } finally {
            Files.delete(file);
        }
    }

    @Override
    public String toString() {
        var stats = engine.stats();
        return "%s, %s: %,d operations, %,d refused; %s; %s, %s"
                .formatted(model.name(), options, operations, refused, answers, stats.work(), stats.cache());
    }

    @Override
    public void close() {
        engine.close();
        answers.close();
        sessions.forEach(SoakSession::close);
    }
}
