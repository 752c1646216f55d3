package dev.qwen4j.guard;

import java.nio.file.Path;

/** Tries all refusals one after the other in this JVM, and tells of each. */
final class RefusalsMain {
    private RefusalsMain() {}

    public static void main(String[] args) {
        var scene = new Scene(Path.of(args[0]));
        for (var refusal : Refusals.all()) {
            System.out.println("tried " + refusal.name());
            try {
                scene.check(refusal);
                System.out.println("ok " + refusal.name());
            } catch (Exception | AssertionError e) {
                System.out.println("failed " + refusal.name() + ": " + e);
            }
        }
    }
}
