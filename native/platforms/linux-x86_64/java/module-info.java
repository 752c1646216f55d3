/** Qwen4j's native libraries for Linux on x86-64. */
module dev.qwen4j.natives.linux_x86_64 {
    requires dev.qwen4j.bindings;

    provides dev.qwen4j.bindings.NativesLocator with
            dev.qwen4j.natives.linux_x86_64.Natives;
}
