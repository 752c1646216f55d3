package dev.qwen4j.natives.linux_x86_64;

import dev.qwen4j.bindings.NativesLocator;
import dev.qwen4j.bindings.unpack.UnpackSource;

/** Offers the libraries in this jar. Stateless, so callable from any thread. */
public final class Natives implements NativesLocator {
    @Override
    public String platform() {
        return "linux-x86_64";
    }

    @Override
    public UnpackSource resources() {
        return new UnpackSource("natives-" + platform(), INDEX, file -> Natives.class.getResourceAsStream(file));
    }
}
