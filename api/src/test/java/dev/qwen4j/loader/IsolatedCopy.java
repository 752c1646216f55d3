package dev.qwen4j.loader;

import dev.qwen4j.child.TestPaths;
import java.io.Closeable;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;

/** A copy of Qwen4j, and of all that it needs but SLF4J, in a class loader of its own, with a model that is open. */
final class IsolatedCopy implements Closeable {
    private final URLClassLoader loader;
    private final Object conversation;

    IsolatedCopy() throws ReflectiveOperationException {
        var paths = new ArrayList<>(TestPaths.libraries());
        paths.add(TestPaths.tests());
        loader = new URLClassLoader(paths.stream().map(IsolatedCopy::url).toArray(URL[]::new), new OnlyLogging());
        conversation =
                loader.loadClass(Conversation.class.getName()).getConstructor().newInstance();
    }

    ClassLoader loader() {
        return loader;
    }

    /** Asks, as a request to a web application would. */
    String ask() throws Exception {
        var thread = Thread.currentThread();
        var before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return (String) ((Callable<?>) conversation).call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    boolean loadsItsOwn(String name) throws ClassNotFoundException {
        return loader.equals(loader.loadClass(name).getClassLoader());
    }

    @Override
    public void close() throws IOException {
        ((Closeable) conversation).close();
        loader.close();
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    /** The server's class loader, as far as applications see it. */
    private static final class OnlyLogging extends ClassLoader {
        OnlyLogging() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("org.slf4j.")) {
                return IsolatedCopy.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
