package dev.qwen4j.handles;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** An appender to one logger, for as long as it is open. What it does with an event may throw; Logback itself would keep exceptions from the caller. */
final class Capture extends UnsynchronizedAppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Level before;
    private final Consumer<ILoggingEvent> action;

    private Capture(String name, Level level, Consumer<ILoggingEvent> action) {
        this.logger = (Logger) LoggerFactory.getLogger(name);
        this.before = logger.getLevel();
        this.action = action;
        setContext(logger.getLoggerContext());
        start();
        logger.setLevel(level);
        logger.setAdditive(false);
        logger.addAppender(this);
    }

    static Capture of(String logger) {
        return of(logger, event -> {});
    }

    static Capture of(String logger, Consumer<ILoggingEvent> action) {
        return new Capture(logger, Level.WARN, action);
    }

    @Override
    public void doAppend(ILoggingEvent event) {
        append(event);
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
        action.accept(event);
    }

    List<ILoggingEvent> events() {
        return events;
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setAdditive(true);
        logger.setLevel(before);
        stop();
    }
}
