package dev.qwen4j.loader;

import dev.qwen4j.Model;
import dev.qwen4j.nano.Nano;
import java.io.Closeable;
import java.util.concurrent.Callable;

/** An open model that is asked again and again; known outside its class loader only by interfaces of the JDK. */
public final class Conversation implements Callable<String>, Closeable {
    private final Model model = Model.load(Nano.file());

    @Override
    public String call() {
        return Answer.ask(model);
    }

    @Override
    public void close() {
        model.close();
    }
}
