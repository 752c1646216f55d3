package dev.qwen4j.benchmarks;

import dev.qwen4j.engine.Session;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The time to the first token of a second turn, behind a long first one, against that of a session of which nothing is cached, as long: at once, or after other
 * conversations passed through the engine.
 *
 * @param others how many other conversations pass through between the first and the second turn
 */
record TimeToFirstToken(String name, int others, Target target) implements Benchmark {
    static final TimeToFirstToken SECOND_TURN = new TimeToFirstToken("second-turn-ttft", 0, Target.atMost(0.1));
    static final TimeToFirstToken RETURNING = new TimeToFirstToken("returning-ttft", 100, Target.atMost(0.2));

    private static final int FIRST_TURN = 730;
    private static final int ANSWER = 32;
    private static final int OTHERS_PROMPT = 168;
    private static final int OTHERS_ANSWER = 32;
    private static final int SESSIONS_AT_ONCE = 8;
    private static final int ROOM_EACH = 2048;
    private static final int WARM_UP_PAIRS = 1;
    private static final long SEED = 4;

    @Override
    public String description() {
        return "engine, time to the first token of a second turn behind one of " + FIRST_TURN + " tokens"
                + (others == 0 ? "" : ", after " + others + " other conversations,") + " against a cold one";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var files = new ModelFiles(settings);
        // Others take long to pass through where prompts are slow.
        var measured = others == 0 ? List.of(files.smolLm2(), files.smolLm2Q40()) : List.of(files.smolLm2Q40());
        var comparisons =
                measured.stream().map(file -> compare(file, settings, progress)).toList();
        return Result.worstOf(name, "time of the second turn / of a cold one", target, comparisons, List.of());
    }

    private Comparison compare(Path file, Settings settings, Progress progress) {
        try (var engine = new EngineSide(file, settings, SESSIONS_AT_ONCE, ROOM_EACH)) {
            var prompts = new Prompts(engine.model().tokenizer(), SEED);
            var waiting = new ArrayDeque<Session>();
            for (int i = 0; i < settings.enginePairs() + WARM_UP_PAIRS; i++) {
                waiting.add(firstTurn(engine, prompts));
            }
            passThrough(engine, prompts);
            return new Pairs(progress)
                    .run(
                            (others == 0 ? "" : others + " others between, ") + file.getFileName() + ", threads: "
                                    + settings.threads(),
                            "ms",
                            Side.inThisProcess(
                                    () -> millis(waiting.remove().append(prompts.nextTurn(prompts.question())))),
                            new Side(
                                    "a session that is as long and new",
                                    () -> millis(engine.session(
                                            prompts.chat(prompts.text(FIRST_TURN + ANSWER), prompts.question())))),
                            WARM_UP_PAIRS,
                            settings.enginePairs());
        }
    }

    private static Session firstTurn(EngineSide engine, Prompts prompts) {
        var session = engine.session(prompts.chat(prompts.text(FIRST_TURN), prompts.question()));
        EngineSide.await(EngineSide.generate(session, ANSWER), ANSWER);
        return session;
    }

    private void passThrough(EngineSide engine, Prompts prompts) {
        var passing = new ArrayList<int[]>(prompts.tokens(OTHERS_PROMPT, others));
        Clients.secondsFor(passing, SESSIONS_AT_ONCE, prompt -> engine.answer(prompt, OTHERS_ANSWER));
    }

    private static double millis(Session session) {
        try (session) {
            return EngineSide.millisToFirstToken(session);
        }
    }
}
