package dev.qwen4j.handles;

import dev.qwen4j.LoadMode;
import dev.qwen4j.Model;
import dev.qwen4j.Qwen4jException;
import dev.qwen4j.Sampling;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/** Threads that are inside native calls for ever, until this JVM is told to end, or ends by itself. */
final class ShutdownMain {
    static final int EXIT_CODE = 7;
    static final String GOING = "going";

    private final CountDownLatch steps;
    private final Path nano;
    private final Path bigFile;

    private ShutdownMain(int steps, Path nano, Path bigFile) {
        this.steps = new CountDownLatch(steps);
        this.nano = nano;
        this.bigFile = bigFile;
    }

    public static void main(String[] args) throws InterruptedException {
        var main = new ShutdownMain(Integer.parseInt(args[2]), Path.of(args[3]), Path.of(args[4]));
        var activity = ShutdownTest.Activity.valueOf(args[0]);
        var model = Model.load(main.nano);
        for (int i = 0; i < activity.threads(); i++) {
            Thread.ofPlatform().start(() -> main.repeat(activity, model));
        }
        main.steps.await();
        System.out.println(GOING);
        if (ShutdownTest.Ending.valueOf(args[1]) == ShutdownTest.Ending.EXIT) {
            System.exit(EXIT_CODE);
        }
    }

    private void repeat(ShutdownTest.Activity activity, Model model) {
        try {
            switch (activity) {
                case LOAD -> load();
                case BLOCKED_LOAD -> blockInProgress();
                case PREFILL -> prefill(model);
                case DECODE -> decode(model);
            }
        } catch (Qwen4jException e) {
            // The process is ending; a native call that was cancelled for that returns before Java has stopped.
        }
    }

    private void load() {
        while (true) {
            Model.load(
                            bigFile,
                            options -> options.loadMode(LoadMode.READ).progress(fraction -> {
                                steps.countDown();
                                return true;
                            }))
                    .close();
        }
    }

    private void blockInProgress() {
        Model.load(
                nano,
                options -> options.progress(fraction -> {
                    while (steps.getCount() > 0) {
                        steps.countDown();
                    }
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        return false;
                    }
                    return true;
                }));
    }

    private void prefill(Model model) {
        try (var context = model.newContext(o -> o.length(4096).threads(2))) {
            var tokens = new int[4000];
            Arrays.fill(tokens, 100);
            while (true) {
                steps.countDown();
                context.prefill(tokens);
                context.clear();
            }
        }
    }

    private void decode(Model model) {
        try (var context = model.newContext(o -> o.length(1024).threads(1));
                var sampler = context.newSampler(Sampling.qwen3Thinking())) {
            context.decode(1);
            while (true) {
                context.decode(sampler.sample());
                steps.countDown();
                if (context.position() == context.length()) {
                    context.rewind(1);
                    context.decode(1);
                }
            }
        }
    }
}
