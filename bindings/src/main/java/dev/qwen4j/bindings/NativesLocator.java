package dev.qwen4j.bindings;

import dev.qwen4j.bindings.unpack.UnpackSource;

/**
 * Offers the native libraries of one platform; implemented by each natives jar and found by {@link
 * java.util.ServiceLoader}.
 *
 * <p>The resources lie beside the implementing class, and are described there by {@value #INDEX}. The class has to open
 * them itself, for a module shows its resources to nobody else:
 * {@snippet :
 * public UnpackSource resources() {
 *     return new UnpackSource("natives-" + platform(), INDEX, file -> Natives.class.getResourceAsStream(file));
 * }
 * }
 *
 * <p>An implementation needs a public constructor without arguments, may be called from any thread, and does nothing
 * before it is asked.
 */
public interface NativesLocator {
    /** The file that lists the libraries, their digests and their sizes; the native build writes it. */
    String INDEX = "natives.properties";

    /** The platform these libraries are for, as operating system and architecture: {@code linux-x86_64}. */
    String platform();

    /** The libraries; nothing is read until somebody unpacks them. */
    UnpackSource resources();
}
