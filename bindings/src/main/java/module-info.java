/**
 * C, spelled in Java: what jextract generated from llama.cpp's headers and Qwen4j's shim, and how the libraries are
 * loaded.
 *
 * <p>Most people want module {@code dev.qwen4j} instead. Every call that the JVM restricts is made from this module, so
 * it is the only one that needs {@code --enable-native-access}.
 */
module dev.qwen4j.bindings {
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.qwen4j.bindings;
    exports dev.qwen4j.bindings.generated;
    exports dev.qwen4j.bindings.unpack;

    uses dev.qwen4j.bindings.NativesLocator;
}
