package dev.qwen4j.engine;

import dev.qwen4j.ChatPrompt;
import dev.qwen4j.ChatReply;
import dev.qwen4j.ChatRequest;
import dev.qwen4j.State;
import java.util.List;
import java.util.Optional;

/**
 * What stands above the engine reaches a model through this, and through nothing else: sessions, chats, embedders, servers. One that computes in this process is
 * {@link LocalInference}; others may follow a script, or ask another process.
 *
 * <p>Safe for use by any thread.
 */
interface Inference {
    /** The most tokens of a session. */
    int limit();

    /** The number of tokens of the vocabulary. */
    int vocabularySize();

    /** A text's tokens, of which none is a control token. */
    int[] tokenize(String text, boolean atBeginning);

    /** A conversation as the model reads it. */
    ChatPrompt render(ChatRequest request);

    /** What a model's text says, as far as it is there. */
    ChatReply parse(ChatPrompt prompt, String text, boolean partial);

    /** Begins a reply, or with no options the computation of a prompt. */
    Generation generate(
            Transcript transcript, Namespace namespace, Optional<GenerationOptions> options, Continuation continuation);

    /** How likely the tokens from a position on are; waits. */
    Score score(Transcript transcript, Namespace namespace, int first);

    /** The embeddings of texts; waits. */
    List<float[]> embed(List<String> texts);

    /** A session as it can be kept; waits. */
    State save(Transcript transcript, Namespace namespace);

    /** Puts a session that was kept where it can be gone on from; waits. */
    void restore(State state, Transcript transcript, Namespace namespace);

    /** Is told what becomes of a session. */
    interface Continuation {
        /** The reply has ended, and the session has these tokens. */
        void ended(Transcript transcript);

        /** There is no reply, and the session has the tokens it had. */
        void failed();
    }
}
