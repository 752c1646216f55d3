package dev.qwen4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;

/** A session, and the tokens that it should have. For one thread. */
final class SoakSession {
    private final Session session;
    private final String tenant;
    private Transcript transcript;
    private Optional<Pending> pending = Optional.empty();

    SoakSession(Session session, String tenant) {
        this(session, tenant, new Transcript());
    }

    SoakSession(Session session, String tenant, Transcript transcript) {
        this.session = session;
        this.tenant = tenant;
        this.transcript = transcript;
    }

    /** One that was opened: a state knows tokens, but not where turns begin. */
    static SoakSession opened(Session session, String tenant) {
        var transcript = new Transcript();
        transcript.tokens().addAll(session.tokens());
        return new SoakSession(session, tenant, transcript);
    }

    Session session() {
        return session;
    }

    String tenant() {
        return tenant;
    }

    Transcript transcript() {
        return transcript;
    }

    int length() {
        return transcript.size();
    }

    void append(int[] tokens) {
        session.append(tokens);
        appended(tokens);
    }

    void appended(int[] tokens) {
        transcript.tokens().addAll(tokens);
        assertThat(session.length()).isEqualTo(transcript.size());
    }

    void beginTurn() {
        session.beginTurn();
        transcript.beginTurn();
    }

    void share() {
        session.sharePrefix();
    }

    void rewind(int length) {
        int kept = Math.min(length, transcript.size());
        session.rewind(kept);
        transcript.truncate(kept);
    }

    SoakSession fork() {
        return new SoakSession(session.fork(), tenant, new Transcript(transcript));
    }

    /** Whether it generates, as far as somebody has looked. */
    boolean isBusy() {
        return pending.isPresent();
    }

    Pending pending() {
        return pending.orElseThrow();
    }

    void pending(Pending one) {
        pending = Optional.of(one);
    }

    /** What it generated has ended, and it has these tokens. */
    void ended(Transcript text) {
        pending = Optional.empty();
        transcript = text;
    }

    void close() {
        session.close();
    }
}
