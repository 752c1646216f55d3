package dev.qwen4j.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Context;
import dev.qwen4j.Model;
import dev.qwen4j.State;
import dev.qwen4j.child.ChildJvm;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever ends a save, the old file is there or the new one. */
class SavingTest {
    /** Each takes the start of a JVM; -Dqwen4j.test.kills=200 kills more. */
    private static final int KILLS = Integer.getInteger("qwen4j.test.kills", 12);

    private static final int[] A = new Random(1).ints(200, 0, 4000).toArray();
    private static final int[] B = new Random(2).ints(170, 0, 4000).toArray();

    @TempDir
    private Path folder;

    private Path a;
    private Path b;
    private Path target;

    @BeforeEach
    void save() throws IOException {
        a = folder.resolve("a");
        b = folder.resolve("b");
        target = Files.createDirectory(folder.resolve("saved")).resolve("state");
        try (var model = Model.load(Nano.file());
                var context = model.newContext(o -> o.length(256).threads(1))) {
            save(context, A, a);
            save(context, B, b);
        }
    }

    private static void save(Context context, int[] tokens, Path file) {
        context.clear();
        context.prefill(tokens);
        try (var state = context.states().save(0, tokens)) {
            state.writeTo(file);
        }
    }

    private ChildJvm saving(int times) {
        return ChildJvm.of(SavingMain.class).args(target, a, b, times);
    }

    private static int[] tokens(Path file) {
        try (var state = State.read(file)) {
            return state.tokens();
        }
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(target.getParent())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void leavesTheOldFileOrTheNewOneWhenItIsKilled() throws IOException {
        long seed = Long.getLong("qwen4j.test.seed", 20260114);
        System.out.println("seed " + seed);
        var random = new Random(seed);
        Files.copy(b, target);
        var found = new ArrayList<String>();
        int halfWritten = 0;
        for (int i = 0; i < KILLS; i++) {
            try (var child = saving(Integer.MAX_VALUE).start()) {
                child.awaitOutput("saved " + random.nextInt(8) + ";");
                // Somewhere within the next save or two, of a few milliseconds each.
                long end = System.nanoTime() + random.nextLong(8_000_000);
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                child.kill();
            }
            var tokens = tokens(target);
            assertThat(List.of(A, B)).as("kill %d, seed %d", i, seed).anyMatch(known -> Arrays.equals(known, tokens));
            found.add(tokens.length == A.length ? "A" : "B");
            var left = names();
            // What an earlier one left was deleted by this one.
            assertThat(left)
                    .as("kill %d, seed %d", i, seed)
                    .hasSizeLessThanOrEqualTo(2)
                    .contains("state");
            halfWritten += left.size() - 1;
        }
        System.out.println(
                KILLS + " kills, " + halfWritten + " of them in the middle of a save; found " + String.join("", found));
        saving(1).run().succeeded();
        assertThat(names()).containsExactly("state");
        assertThat(tokens(target)).isEqualTo(A);
    }

    @Test
    void forcesTheFileBeforeItIsRenamedAndTheFolderAfterwards() throws IOException {
        var trace = folder.resolve("trace");
        saving(1)
                .under(
                        "strace",
                        "-f",
                        "-y",
                        "-e",
                        "trace=fsync,fdatasync,rename,renameat,renameat2",
                        "-o",
                        trace.toString())
                .run()
                .succeeded();
        var calls = Files.readAllLines(trace).stream()
                .filter(line -> line.contains(target.getParent().toString()))
                .map(line -> line.replaceFirst("^\\d+ +", ""))
                .toList();
        assertThat(calls).hasSize(3);
        assertThat(calls.get(0)).matches("fsync\\(\\d+<.*/\\.state\\.[0-9a-f]{16}\\.tmp>\\) += 0");
        assertThat(calls.get(1)).matches("rename.*\\.tmp\".*/state\".*\\) += 0");
        assertThat(calls.get(2)).matches("fsync\\(\\d+<.*/saved>\\) += 0");
    }

    @Test
    void keepsTheOldFileWhenTheDiskIsFull() throws IOException {
        saving(1).run().succeeded();
        // No file may grow beyond 64 blocks of 512 bytes: writing ends as on a full disk, in the middle.
        var child = saving(2)
                .under("sh", "-c", "ulimit -f 64; exec \"$@\"", "sh")
                .jvm("-XX:-UsePerfData")
                .run()
                .succeeded();
        assertThat(child.stdout()).contains("refused", target.toString(), "What was there before is still there");
        assertThat(names()).containsExactly("state");
        assertThat(tokens(target)).isEqualTo(A);
    }

    @Test
    void isReadableByItsOwnerOnly() throws IOException {
        try (var state = State.read(a)) {
            state.writeTo(target);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rw-------");
    }

    @Test
    void leavesAnotherWritersTemporaryFileAlone() throws IOException {
        var theirs = Files.writeString(target.resolveSibling(".state.notes.tmp"), "mine");
        try (var state = State.read(a)) {
            state.writeTo(target);
        }
        assertThat(theirs).hasContent("mine");
    }
}
