package dev.qwen4j.cli;

import dev.qwen4j.Model;
import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The versions of Qwen4j, llama.cpp and Java. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {
            "qwen4j "
                    + Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                            .orElse("(not packaged)"),
            "llama.cpp " + llama(),
            "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }

    /** The native libraries say it, and are not needed to know the rest. */
    private static String llama() {
        try {
            return Model.llamaCppVersion();
        } catch (RuntimeException e) {
            return "cannot be loaded: " + e.getMessage();
        }
    }
}
