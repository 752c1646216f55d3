package dev.qwen4j.loader;

import dev.qwen4j.bindings.NativesLocator;
import dev.qwen4j.bindings.unpack.UnpackSource;
import dev.qwen4j.bindings.unpack.Unpacker;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ServiceLoader;

/** A program that begins to unpack the natives jar, and stops in the middle of a library for ever. */
final class HalfUnpack {
    static final String HALF = "half";

    private HalfUnpack() {}

    public static void main(String[] args) throws IOException {
        var real = ServiceLoader.load(NativesLocator.class)
                .findFirst()
                .orElseThrow()
                .resources();
        Unpacker.unpack(new UnpackSource(real.name(), real.index(), file -> {
            var bytes = real.opener().open(file);
            return file.contains("llama") && bytes != null ? new Stopping(bytes) : bytes;
        }));
    }

    /** Gives one buffer of bytes, and then nothing until standard input ends. */
    private static final class Stopping extends FilterInputStream {
        private boolean begun;

        Stopping(InputStream from) {
            super(from);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (begun) {
                System.out.println(HALF);
                System.in.read();
            }
            begun = true;
            return super.read(bytes, offset, length);
        }
    }
}
