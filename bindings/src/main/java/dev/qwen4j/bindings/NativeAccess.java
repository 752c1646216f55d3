package dev.qwen4j.bindings;

import java.lang.foreign.MemorySegment;

/** Whether this JVM lets Qwen4j call native code. */
final class NativeAccess {
    private NativeAccess() {}

    /**
     * Throws a NativeLoadException that names the flag to pass if native access is denied.
     *
     * <p>Where it is merely not granted, the JVM prints a warning of its own at the first restricted call, and that is
     * enough.
     */
    static void require() {
        try {
            // isNativeAccessEnabled() is false both where a call fails and where the JVM only warns: a call knows.
            MemorySegment.NULL.reinterpret(0);
        } catch (IllegalCallerException e) {
            throw new NativeLoadException(denied(NativeAccess.class.getModule()), e);
        }
    }

    static String denied(Module module) {
        return module.isNamed()
                ? "The JVM denies native access to Qwen4j. Start it with --enable-native-access=" + module.getName()
                        + " (Qwen4j is on the module path)."
                : "The JVM denies native access to Qwen4j. Start it with --enable-native-access=ALL-UNNAMED (Qwen4j is"
                        + " on the class path), or put the line Enable-Native-Access: ALL-UNNAMED into the manifest of"
                        + " the jar that is started with java -jar; in the manifest of any other jar it has no effect.";
    }
}
