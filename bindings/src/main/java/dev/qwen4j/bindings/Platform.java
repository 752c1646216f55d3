package dev.qwen4j.bindings;

import java.util.Locale;

/** The operating system and the architecture that this JVM runs on, in the words natives jars are named with. */
record Platform(String name) {
    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static Platform of(String osName, String osArch) {
        var os = osName.toLowerCase(Locale.ROOT);
        var arch = osArch.toLowerCase(Locale.ROOT);
        return new Platform(system(os) + "-" + architecture(arch));
    }

    private static String system(String os) {
        if (os.startsWith("mac") || os.startsWith("darwin")) {
            return "macos";
        }
        return os.startsWith("windows") ? "windows" : os.replace(' ', '_');
    }

    private static String architecture(String arch) {
        return switch (arch) {
            case "amd64", "x86-64", "x64" -> "x86_64";
            case "arm64" -> "aarch64";
            default -> arch;
        };
    }
}
