package dev.qwen4j.cli;

import dev.qwen4j.ChatTemplate;
import dev.qwen4j.LlamaException;
import dev.qwen4j.Qwen4jException;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads lines, and answers or obeys each, until one says that it is enough. A line that cannot be answered ends nothing. */
final class ChatLoop {
    static final String HELP = """
            /clear          forget the conversation
            /system [TEXT]  change the instructions, or do without
            /help           show this
            /exit           end the program""";

    /** A slash and one word, and not a path. */
    private static final Pattern COMMAND = Pattern.compile("/(\\w+)(?:\\s+(.*))?", Pattern.DOTALL);

    private final ChatTemplate template;
    private final Answerer answerer;
    private final Conversation conversation;
    private final boolean thinking;
    private final Interrupts interrupts;
    private final Notices notices;
    private final boolean verbose;
    private final Output output = new Output();

    ChatLoop(
            ChatTemplate template,
            Answerer answerer,
            AnswerArguments arguments,
            Interrupts interrupts,
            Notices notices,
            boolean verbose) {
        this.template = template;
        this.answerer = answerer;
        this.conversation = new Conversation(arguments.system());
        this.thinking = arguments.thinking();
        this.interrupts = interrupts;
        this.notices = notices;
        this.verbose = verbose;
    }

    void run(Lines lines) {
        if (lines.isTerminal()) {
            notices.say("/help shows the commands. Ctrl-C stops an answer, Ctrl-D ends the program.");
        }
        boolean goesOn = true;
        while (goesOn) {
            var line = lines.next();
            interrupts.reset();
            goesOn = line.isPresent() && obey(line.get().strip());
        }
    }

    /** Whether there is to be another line. */
    private boolean obey(String line) {
        var command = COMMAND.matcher(line);
        if (!command.matches()) {
            if (!line.isEmpty()) {
                tryAnswer(line);
            }
            return true;
        }
        switch (command.group(1)) {
            case "exit" -> {
                return false;
            }
            case "help" -> notices.say(HELP);
            case "clear" -> {
                conversation.clear();
                notices.say("The conversation is forgotten.");
            }
            case "system" -> changeSystem(Optional.ofNullable(command.group(2)));
            case "think", "no_think" -> tryAnswer(line);
            default -> notices.say("There is no command /" + command.group(1) + ". These are:\n" + HELP);
        }
        return true;
    }

    private void changeSystem(Optional<String> text) {
        conversation.system(text);
        notices.say(text.isPresent() ? "The instructions are changed." : "There are no instructions any more.");
    }

    private void tryAnswer(String question) {
        try {
            answer(question);
        } catch (LlamaException e) {
            // Not the line's fault, and the context may be unusable.
            throw e;
        } catch (PromptTooLongException e) {
            Failures.say(Failures.describe(e) + " /clear forgets the conversation.");
        } catch (Qwen4jException | IllegalArgumentException e) {
            Failures.say(Failures.describe(e));
        }
    }

    private void answer(String question) {
        var prompt = template.render(conversation.request(question).thinking(thinking));
        var answer = answerer.answer(prompt, ReplyView.to(prompt, output, notices));
        output.println("");
        answerer.report(answer, notices);
        if (!answer.text().isEmpty()) {
            conversation.add(question, answer.text());
        }
        if (verbose) {
            notices.say(answer.cost().toString());
        }
    }
}
