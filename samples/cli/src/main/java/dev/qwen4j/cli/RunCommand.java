package dev.qwen4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Answers one prompt: the answer alone on standard output, all else on standard error. */
@Command(
        name = "run",
        description = "Answers one prompt. The answer, and nothing else, goes to standard output.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = Version.class)
final class RunCommand implements Callable<Integer> {
    private final Main main;
    private final Notices notices = new Notices();
    private final Output output = new Output();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Parameters(
            paramLabel = "PROMPT",
            arity = "0..*",
            description =
                    "What to answer. Default: what standard input says, in UTF-8. One that begins with - comes after --.")
    private List<String> words = List.of();

    @Mixin
    private final ModelArguments model = new ModelArguments();

    @Mixin
    private final AnswerArguments answers = new AnswerArguments();

    RunCommand(Main main) {
        this.main = main;
    }

    @Override
    public Integer call() throws IOException {
        model.check();
        answers.check();
        var question = prompt();
        try (var loaded = model.load(notices);
                var context = model.newContext(loaded, notices)) {
            var prompt = loaded.chatTemplate()
                    .render(new Conversation(answers.system()).request(question).thinking(answers.thinking()));
            var answerer = answers.answerer(context, () -> false);
            var answer = answerer.answer(prompt, ReplyView.to(prompt, output, notices));
            output.println("");
            answerer.report(answer, notices);
            if (main.isVerbose()) {
                notices.say(answer.cost().toString());
            }
        }
        return 0;
    }

    private String prompt() throws IOException {
        var prompt =
                String.join(" ", words.isEmpty() ? List.of(input()) : words).strip();
        if (prompt.isEmpty()) {
            throw new ParameterException(
                    command.commandLine(), "The prompt is empty. Pass one, or write it to standard input.");
        }
        return prompt;
    }

    private String input() throws IOException {
        if (Streams.isInputTerminal()) {
            notices.say("Type the prompt, then Ctrl-D on a line of its own.");
        }
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    }
}
