package dev.qwen4j.state;

import dev.qwen4j.State;
import dev.qwen4j.StateException;
import java.nio.file.Path;

/** Saves two states to one file in turn, so often as it is told, or until it is killed. */
final class SavingMain {
    private SavingMain() {}

    public static void main(String[] args) {
        var file = Path.of(args[0]);
        int times = Integer.parseInt(args[3]);
        try (var a = State.read(Path.of(args[1]));
                var b = State.read(Path.of(args[2]))) {
            for (int i = 0; i < times; i++) {
                (i % 2 == 0 ? a : b).writeTo(file);
                System.out.println("saved " + i + ";");
            }
        } catch (StateException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
