package dev.qwen4j.bindings.unpack;

import java.io.IOException;

/** What a source holds is not what it says it holds; another folder to unpack it to would not help. */
final class DamagedSourceException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedSourceException(UnpackSource source, String how) {
        super("The jar with " + source.name() + " is damaged: " + how + ".");
    }
}
