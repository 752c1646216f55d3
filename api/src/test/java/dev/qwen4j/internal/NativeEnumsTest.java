package dev.qwen4j.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.qwen4j.Devices;
import dev.qwen4j.FlashAttention;
import dev.qwen4j.LoadMode;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Java's constants are those that llama.cpp has names for. */
class NativeEnumsTest {
    @ParameterizedTest
    @EnumSource(LoadMode.class)
    void namesLoadModesAsLlamaCpp(LoadMode mode) {
        Devices.list();
        assertThat(Pointers.utf8(LlamaCpp.llama_load_mode_name(NativeEnums.loadMode(mode))))
                .isEqualTo(
                        switch (mode) {
                            case AUTO -> "auto";
                            case READ -> "none";
                            case MMAP -> "mmap";
                            case MLOCK -> "mlock";
                            case MMAP_MLOCK -> "mmap+mlock";
                            case DIRECT_IO -> "dio";
                        });
    }

    @ParameterizedTest
    @EnumSource(FlashAttention.class)
    void namesFlashAttentionAsLlamaCpp(FlashAttention use) {
        Devices.list();
        assertThat(Pointers.utf8(LlamaCpp.llama_flash_attn_type_name(NativeEnums.flashAttention(use))))
                .isEqualTo(
                        switch (use) {
                            case AUTO -> "auto";
                            case ON -> "enabled";
                            case OFF -> "disabled";
                        });
    }

    @Test
    void knowsHowManyDevicesThereCanBe() {
        Devices.list();
        assertThat(LlamaCpp.llama_max_devices()).isEqualTo(16);
        assertThat(LlamaCpp.llama_max_tensor_buft_overrides()).isEqualTo(4096);
    }
}
