/**
 * Qwen3 and its relatives inside a JVM process.
 *
 * <p>Start at {@link dev.qwen4j.Model}.
 */
module dev.qwen4j {
    requires dev.qwen4j.bindings;
    requires jdk.jfr;
    requires org.slf4j;
    requires static transitive org.jspecify;
    requires tools.jackson.databind;

    exports dev.qwen4j;
    exports dev.qwen4j.engine;
    exports dev.qwen4j.gguf;
    exports dev.qwen4j.grammar;
}
