/** The tiny Qwen3 that Qwen4j uses when it is given no other model, and the file it comes from. */
module dev.qwen4j.nano {
    requires dev.qwen4j.bindings;
    requires static transitive org.jspecify;

    exports dev.qwen4j.nano;
}
