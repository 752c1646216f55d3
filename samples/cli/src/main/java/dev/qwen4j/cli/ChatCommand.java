package dev.qwen4j.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A conversation in a terminal, or over pipes. */
@Command(
        name = "chat",
        description = "Talks, and remembers what was said.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Version.class,
        footer = {
            "",
            "Ctrl-C stops an answer; a second one, or Ctrl-D, ends the program.",
            "A line that is not one of these goes to the model, as do /think and /no_think, which Qwen3 knows:",
            ChatLoop.HELP
        })
final class ChatCommand implements Callable<Integer> {
    private final Main main;
    private final Runnable end;

    @Mixin
    private final ModelArguments model = new ModelArguments();

    @Mixin
    private final AnswerArguments answers = new AnswerArguments();

    /**
     * Creates the command.
     *
     * @param end ends the process, at a second Ctrl-C
     */
    ChatCommand(Main main, Runnable end) {
        this.main = main;
        this.end = end;
    }

    @Override
    public Integer call() {
        model.check();
        answers.check();
        var notices = new Notices();
        try (var loaded = model.load(notices);
                var context = model.newContext(loaded, notices)) {
            var interrupts = new Interrupts(context::cancel, end);
            var answerer = answers.answerer(context, interrupts::pressed);
            try (var lines = Lines.open(interrupts, notices)) {
                new ChatLoop(loaded.chatTemplate(), answerer, answers, interrupts, notices, main.isVerbose())
                        .run(lines);
            }
        }
        return 0;
    }
}
