package dev.qwen4j.benchmarks;

import dev.qwen4j.Batch;
import dev.qwen4j.Context;
import dev.qwen4j.Sampling;
import dev.qwen4j.engine.Drafting;
import dev.qwen4j.engine.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A text that is repeated with a name changed, with guesses from the text itself and without; and one that repeats nothing. */
final class Ngram implements Benchmark {
    private static final int REPLY = 128;
    private static final int ROOM = 1024;
    private static final int WARM_UP_PAIRS = 1;
    private static final int TIMED = 40;
    private static final long SEED = 8;

    private static final String STORY = """
            Anna lived in a small house at the edge of the village. Every morning she walked down to the river with her grey dog and counted the boats. \
            On Monday there were four boats, on Tuesday there were seven, and on Wednesday the river was empty. Anna asked the old miller where the boats had gone. \
            The miller said that the boats had gone to the city to fetch salt, cloth and iron, and that they would be back before the end of the week. \
            So Anna waited. On Friday evening she heard a horn, and the first boat came around the bend with a lantern at its mast. \
            The captain waved to Anna and threw her a small bag of salt. She ran home, cooked a soup, and shared it with her grey dog and the old miller.""";

    @Override
    public String name() {
        return "ngram";
    }

    @Override
    public String description() {
        return "engine with prompt lookup, a text that repeats another one with edits, against the same without";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var files = new ModelFiles(settings);
        List<Measured> measured = new ArrayList<>();
        for (var file : List.of(files.smolLm2Q40(), files.smolLm2())) {
            measured.add(measure(file, settings, progress));
        }
        var worst = measured.get(0).share() <= measured.get(1).share() ? measured.get(0) : measured.get(1);
        List<Figure> figures = new ArrayList<>();
        measured.forEach(each -> figures.addAll(each.figures()));
        return new Result(
                name(),
                worst.share(),
                "ratio",
                "what prompt lookup gains / what it could at most, (accepted + 1) · t(1) / t(drafted + 1): "
                        + worst.copy().what(),
                Optional.of(Target.atLeast(0.85)),
                worst.copy().ratios(),
                measured.stream()
                        .flatMap(each -> List.of(each.copy(), each.novel()).stream())
                        .toList(),
                figures);
    }

    private record Measured(
            String file, Comparison copy, Comparison novel, double accepted, double drafted, double costs) {
        double ceiling() {
            return (accepted + 1) / costs;
        }

        double share() {
            return copy.ratioOfMedians() / ceiling();
        }

        List<Figure> figures() {
            var gain =
                    Figure.of("with / without, a text that repeats another, " + file, "ratio", copy.ratioOfMedians());
            return List.of(
                    gain,
                    Figure.of("at most, " + file, "ratio", ceiling()),
                    Figure.of("drafted a step, " + file, "tokens", drafted),
                    Figure.of("accepted a step, " + file, "tokens", accepted),
                    Figure.of("t(drafted + 1) / t(1), " + file, "ratio", costs),
                    Figure.of(
                            "with / without, a text that repeats nothing, " + file,
                            "ratio",
                            novel.ratioOfMedians(),
                            Target.atLeast(0.98)));
        }
    }

    private static Measured measure(Path file, Settings settings, Progress progress) {
        List<Reply> replies = new ArrayList<>();
        try (var with = new EngineSide(file, settings, 1, ROOM, Drafting.promptLookup());
                var without = new EngineSide(file, settings, 1, ROOM, Drafting.none())) {
            var prompts = new Prompts(with.model().tokenizer(), SEED);
            var copying = prompts.chat(
                    "You are a careful copyist.",
                    "Write this text again word for word, but call the girl Maria:\n\n" + STORY);
            var copy = compare("copy", copying, with, without, file, settings, progress, replies);
            var telling = prompts.chat("You are a storyteller.", "Tell me a story about " + prompts.text(12));
            var novel = compare("no copy", telling, with, without, file, settings, progress, new ArrayList<>());
            double steps = replies.stream()
                    .mapToInt(reply ->
                            reply.usage().generatedTokens() - reply.usage().acceptedTokens())
                    .sum();
            double accepted = replies.stream()
                            .mapToInt(reply -> reply.usage().acceptedTokens())
                            .sum()
                    / steps;
            double drafted = replies.stream()
                            .mapToInt(reply -> reply.usage().draftedTokens())
                            .sum()
                    / steps;
            return new Measured(
                    file.getFileName().toString(),
                    copy,
                    novel,
                    accepted,
                    drafted,
                    costs(with, copying, drafted, settings));
        }
    }

    private static Comparison compare(
            String what,
            int[] prompt,
            EngineSide with,
            EngineSide without,
            Path file,
            Settings settings,
            Progress progress,
            List<Reply> replies) {
        return new Pairs(progress)
                .run(
                        what + ", " + REPLY + " tokens behind " + prompt.length + ", " + file.getFileName()
                                + ", threads: " + settings.threads(),
                        "tokens/s",
                        Side.inThisProcess(() -> {
                            var reply = reply(with, prompt);
                            replies.add(reply);
                            return rate(reply);
                        }),
                        new Side("the same engine without guesses", () -> rate(reply(without, prompt))),
                        WARM_UP_PAIRS,
                        settings.enginePairs());
    }

    private static Reply reply(EngineSide engine, int[] prompt) {
        try (var session = engine.session(prompt)) {
            session.preload().await();
            return EngineSide.await(
                    session.generate(
                            o -> o.sampling(Sampling.greedy()).minTokens(REPLY).maxTokens(REPLY)),
                    REPLY);
        }
    }

    private static double rate(Reply reply) {
        return (REPLY - 1) / (reply.usage().decode().toNanos() / 1e9);
    }

    /** What a batch of so many tokens and one more costs, in batches of one, behind the same prompt. */
    private static double costs(EngineSide engine, int[] prompt, double drafted, Settings settings) {
        try (var context = engine.model()
                .newContext(o -> o.length(ROOM)
                        .threads(settings.threads())
                        .batchSize(LlamaBench.BATCH)
                        .microBatchSize(LlamaBench.MICRO_BATCH))) {
            context.prefill(prompt);
            int below = (int) Math.floor(drafted) + 1;
            double share = drafted - Math.floor(drafted);
            var one = new double[TIMED];
            var lower = new double[TIMED];
            var upper = new double[TIMED];
            for (int i = 0; i < TIMED; i++) {
                one[i] = nanos(context, 1);
                lower[i] = nanos(context, below);
                upper[i] = nanos(context, below + 1);
            }
            double many = (1 - share) * new Sample(lower).median() + share * new Sample(upper).median();
            return many / new Sample(one).median();
        }
    }

    private static double nanos(Context context, int tokens) {
        int position = context.position();
        var batch = new Batch();
        IntStream.range(0, tokens).forEach(i -> batch.add(100 + i, true));
        long start = System.nanoTime();
        context.decode(batch);
        long end = System.nanoTime();
        context.rewind(position);
        return end - start;
    }
}
