package dev.qwen4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A long prompt beside sessions that generate: how far apart their tokens come while it is computed, and how fast it is, against what the time that is
 * left beside their own steps would allow.
 */
final class PrefillBeside implements Benchmark {
    private static final int GENERATING = 7;
    private static final int OWN_TOKENS = 64;
    private static final int PROMPT = 4000;

    /** Long enough for all rounds, or nearly: a new reply is a step later. */
    private static final int REPLY = 3000;

    private static final int ROOM_EACH = PROMPT + 96;
    private static final long QUIET_MILLIS = 1500;
    private static final long SEED = 5;
    private static final double P99 = 0.99;

    private static final Target P99_TARGET = Target.atMost(200);
    private static final Target WORST_TARGET = Target.atMost(300);
    private static final Target RATE_TARGET = Target.atLeast(0.7);

    @Override
    public String name() {
        return "prefill-beside-7";
    }

    @Override
    public String description() {
        return "engine, a prompt of " + PROMPT + " tokens beside " + GENERATING + " sessions that generate";
    }

    @Override
    public Result run(Settings settings, Progress progress) {
        var files = new ModelFiles(settings);
        var figures = new ArrayList<Figure>();
        var gaps = new ArrayList<Sample>();
        for (var file : List.of(files.smolLm2(), files.smolLm2Q40())) {
            gaps.add(measure(file, settings, progress, figures));
        }
        var slower = Collections.max(gaps, Comparator.comparingDouble(Sample::median));
        return new Result(
                name(),
                slower.median(),
                "ms",
                "99 % of the gaps between tokens of a session are shorter while the prompt is computed: median of the rounds, the slower model",
                Optional.of(P99_TARGET),
                slower,
                List.of(),
                figures);
    }

    private static Sample measure(Path file, Settings settings, Progress progress, List<Figure> figures) {
        int rounds = settings.longPairs();
        var p99 = new double[rounds];
        var worst = new double[rounds];
        var alone = new double[rounds];
        var beside = new double[rounds];
        var share = new double[rounds];
        try (var engine = new EngineSide(file, settings, GENERATING + 1, ROOM_EACH)) {
            var prompts = new Prompts(engine.model().tokenizer(), SEED);
            progress.begin(GENERATING + " sessions and a prompt, " + file.getFileName());
            for (int i = 0; i < rounds; i++) {
                alone[i] = prefillSeconds(engine, prompts);
                var streams = TokenStream.of(engine.preloaded(prompts.tokens(OWN_TOKENS, GENERATING)), REPLY);
                try {
                    Pause.millis(QUIET_MILLIS);
                    long quiet = System.nanoTime();
                    Pause.millis(QUIET_MILLIS);
                    long from = System.nanoTime();
                    double step = GENERATING / TokenStream.rate(streams, quiet, from);
                    double seconds = prefillSeconds(engine, prompts);
                    long to = System.nanoTime();
                    var gaps = TokenStream.gaps(streams, from, to);
                    p99[i] = gaps.quantile(P99);
                    worst[i] = gaps.quantile(1);
                    beside[i] = seconds;
                    double steps = TokenStream.rate(streams, from, to) * seconds / GENERATING;
                    share[i] = alone[i] / (seconds - steps * step);
                } finally {
                    streams.forEach(TokenStream::close);
                }
                progress.at(i + 1, rounds);
            }
            progress.end();
        }
        var model = file.getFileName() + ", ";
        figures.add(Figure.of(model + "99 % of the gaps", "ms", new Sample(p99).median(), P99_TARGET));
        figures.add(Figure.of(model + "worst gap of all rounds", "ms", new Sample(worst).quantile(1), WORST_TARGET));
        figures.add(Figure.of(model + "the prompt alone", "tokens/s", PROMPT / new Sample(alone).median()));
        figures.add(Figure.of(
                model + "the prompt beside " + GENERATING + " sessions",
                "tokens/s",
                PROMPT / new Sample(beside).median()));
        figures.add(Figure.of(
                model + "the prompt's rate in the time that the sessions' own steps leave / alone",
                "ratio",
                new Sample(share).median(),
                RATE_TARGET));
        return new Sample(p99);
    }

    private static double prefillSeconds(EngineSide engine, Prompts prompts) {
        try (var session = engine.session(prompts.tokens(PROMPT))) {
            return EngineSide.millisToFirstToken(session) / 1e3;
        }
    }
}
