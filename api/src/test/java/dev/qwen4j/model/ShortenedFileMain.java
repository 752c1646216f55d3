package dev.qwen4j.model;

import dev.qwen4j.EvalListener;
import dev.qwen4j.EvalNode;
import dev.qwen4j.EvalTensor;
import dev.qwen4j.LoadMode;
import dev.qwen4j.Model;
import dev.qwen4j.ModelFileChangedException;
import dev.qwen4j.ModelSaveException;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/** Does something to a model's file while the model is in use, and computes on. */
final class ShortenedFileMain {
    static final String GOES_ON = "another model goes on";

    private static boolean ready;

    private ShortenedFileMain() {}

    /** llama.cpp shows what it is about to compute. */
    private record Shortener(Deed deed, Path file) implements EvalListener {
        @Override
        public boolean wants(EvalNode node) {
            if (deed == Deed.EMPTIED_WHILE_COMPUTING && ready) {
                try {
                    shorten(file, 0);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return false;
        }

        @Override
        public void computed(EvalTensor tensor) {}
    }

    /** What is done, as the test names it. */
    enum Deed {
        EMPTIED,
        /** Between a decode's look at the file and its reads: only the signal can tell. */
        EMPTIED_WHILE_COMPUTING,
        SHORTENED_BY_A_FEW_BYTES,
        OVERWRITTEN_BY_ONE_OF_THE_SAME_SIZE,
        REPLACED_BY_RENAMING,
        /** Java's own mapping of the same file is the JVM's business. */
        EMPTIED_UNDER_A_MAPPING_OF_JAVA
    }

    public static void main(String[] args) throws IOException {
        var deed = Deed.valueOf(args[0]);
        var file = Files.copy(Nano.file(), Path.of(args[1]));
        try (var model = Model.load(file, options -> options.loadMode(LoadMode.valueOf(args[2])));
                var context = model.newContext(o -> o.length(512).threads(2).evalListener(new Shortener(deed, file)))) {
            context.decode(1);
            ready = true;
            if (deed == Deed.EMPTIED_UNDER_A_MAPPING_OF_JAVA) {
                readThroughJava(file);
            }
            doTo(file, deed);
            for (int i = 0; i < 3; i++) {
                report("decode", () -> context.decode(2));
            }
            report("newContext", () -> model.newContext().close());
            report("save", () -> model.save(Path.of(args[1] + ".saved")));
        }
        try (var other = Model.load(Nano.file())) {
            System.out.println(GOES_ON + " " + Logits.of(other).length);
        }
    }

    private static void report(String what, Runnable call) {
        try {
            call.run();
            System.out.println(what + " succeeded");
        } catch (ModelFileChangedException | ModelSaveException e) {
            System.out.println(what + " failed: " + e);
        }
    }

    private static void doTo(Path file, Deed deed) throws IOException {
        switch (deed) {
            case EMPTIED, EMPTIED_UNDER_A_MAPPING_OF_JAVA -> shorten(file, 0);
            case EMPTIED_WHILE_COMPUTING -> {}
            case SHORTENED_BY_A_FEW_BYTES -> shorten(file, Files.size(file) - 8);
            case OVERWRITTEN_BY_ONE_OF_THE_SAME_SIZE -> {
                Files.write(file, new byte[(int) Files.size(file)], StandardOpenOption.WRITE);
                Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
            }
            case REPLACED_BY_RENAMING -> {
                var other = Files.write(file.resolveSibling("other"), new byte[10]);
                Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void shorten(Path file, long length) throws IOException {
        try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.setLength(length);
        }
    }

    private static void readThroughJava(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            shorten(file, 0);
            try {
                System.out.println("read " + mapped.get(1 << 20));
            } catch (InternalError e) {
                System.out.println("Java's mapping: " + e);
            }
        }
    }
}
