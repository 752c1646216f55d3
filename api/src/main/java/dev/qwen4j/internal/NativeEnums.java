package dev.qwen4j.internal;

import dev.qwen4j.Attention;
import dev.qwen4j.CacheType;
import dev.qwen4j.FlashAttention;
import dev.qwen4j.LazyTensors;
import dev.qwen4j.LoadMode;
import dev.qwen4j.NumaStrategy;
import dev.qwen4j.Pooling;
import dev.qwen4j.RopeScaling;
import dev.qwen4j.RopeType;
import dev.qwen4j.SplitMode;
import dev.qwen4j.ThreadPoolOptions;
import dev.qwen4j.TokenAttribute;
import dev.qwen4j.VocabularyType;
import dev.qwen4j.bindings.generated.LlamaCpp;

/** Java's enums as llama.h's numbers: a wrong one would be read out of bounds. */
final class NativeEnums {
    private NativeEnums() {}

    static int loadMode(LoadMode mode) {
        return switch (mode) {
            case AUTO -> LlamaCpp.LLAMA_LOAD_MODE_AUTO();
            case READ -> LlamaCpp.LLAMA_LOAD_MODE_NONE();
            case MMAP -> LlamaCpp.LLAMA_LOAD_MODE_MMAP();
            case MLOCK -> LlamaCpp.LLAMA_LOAD_MODE_MLOCK();
            case MMAP_MLOCK -> LlamaCpp.LLAMA_LOAD_MODE_MMAP_MLOCK();
            case DIRECT_IO -> LlamaCpp.LLAMA_LOAD_MODE_DIRECT_IO();
        };
    }

    static int splitMode(SplitMode mode) {
        return switch (mode) {
            case NONE -> LlamaCpp.LLAMA_SPLIT_MODE_NONE();
            case LAYER -> LlamaCpp.LLAMA_SPLIT_MODE_LAYER();
            case ROW -> LlamaCpp.LLAMA_SPLIT_MODE_ROW();
            case TENSOR -> LlamaCpp.LLAMA_SPLIT_MODE_TENSOR();
        };
    }

    static int lazyMode(LazyTensors lazy) {
        return switch (lazy) {
            case OFF -> LlamaCpp.LLAMA_LAZY_MODE_OFF();
            case AUTO -> LlamaCpp.LLAMA_LAZY_MODE_AUTO();
            case ON -> LlamaCpp.LLAMA_LAZY_MODE_ON();
        };
    }

    static int numaStrategy(NumaStrategy strategy) {
        return switch (strategy) {
            case DISTRIBUTE -> LlamaCpp.GGML_NUMA_STRATEGY_DISTRIBUTE();
            case ISOLATE -> LlamaCpp.GGML_NUMA_STRATEGY_ISOLATE();
            case NUMACTL -> LlamaCpp.GGML_NUMA_STRATEGY_NUMACTL();
            case MIRROR -> LlamaCpp.GGML_NUMA_STRATEGY_MIRROR();
        };
    }

    static RopeType ropeType(int type) {
        if (type == LlamaCpp.LLAMA_ROPE_TYPE_NONE()) {
            return RopeType.NONE;
        }
        if (type == LlamaCpp.LLAMA_ROPE_TYPE_NEOX()) {
            return RopeType.NEOX;
        }
        if (type == LlamaCpp.LLAMA_ROPE_TYPE_MROPE()) {
            return RopeType.MROPE;
        }
        if (type == LlamaCpp.LLAMA_ROPE_TYPE_IMROPE()) {
            return RopeType.IMROPE;
        }
        if (type == LlamaCpp.LLAMA_ROPE_TYPE_VISION()) {
            return RopeType.VISION;
        }
        if (type == LlamaCpp.LLAMA_ROPE_TYPE_NORM()) {
            return RopeType.NORMAL;
        }
        throw new AssertionError("llama_model_rope_type is " + type);
    }

    static int cacheType(CacheType type) {
        return switch (type) {
            case F32 -> LlamaCpp.GGML_TYPE_F32();
            case F16 -> LlamaCpp.GGML_TYPE_F16();
            case BF16 -> LlamaCpp.GGML_TYPE_BF16();
            case Q8_0 -> LlamaCpp.GGML_TYPE_Q8_0();
            case Q5_1 -> LlamaCpp.GGML_TYPE_Q5_1();
            case Q5_0 -> LlamaCpp.GGML_TYPE_Q5_0();
            case Q4_1 -> LlamaCpp.GGML_TYPE_Q4_1();
            case Q4_0 -> LlamaCpp.GGML_TYPE_Q4_0();
            case IQ4_NL -> LlamaCpp.GGML_TYPE_IQ4_NL();
        };
    }

    static int flashAttention(FlashAttention use) {
        return switch (use) {
            case AUTO -> LlamaCpp.LLAMA_FLASH_ATTN_TYPE_AUTO();
            case ON -> LlamaCpp.LLAMA_FLASH_ATTN_TYPE_ENABLED();
            case OFF -> LlamaCpp.LLAMA_FLASH_ATTN_TYPE_DISABLED();
        };
    }

    static int pooling(Pooling method) {
        return switch (method) {
            case MODEL -> LlamaCpp.LLAMA_POOLING_TYPE_UNSPECIFIED();
            case NONE -> LlamaCpp.LLAMA_POOLING_TYPE_NONE();
            case MEAN -> LlamaCpp.LLAMA_POOLING_TYPE_MEAN();
            case CLS -> LlamaCpp.LLAMA_POOLING_TYPE_CLS();
            case LAST -> LlamaCpp.LLAMA_POOLING_TYPE_LAST();
            case RANK -> LlamaCpp.LLAMA_POOLING_TYPE_RANK();
        };
    }

    /** Which one a context has; a context always knows. */
    static Pooling pooling(int method) {
        for (var known : Pooling.values()) {
            if (pooling(known) == method) {
                return known;
            }
        }
        throw new AssertionError("llama_pooling_type is " + method);
    }

    static int attention(Attention kind) {
        return switch (kind) {
            case MODEL -> LlamaCpp.LLAMA_ATTENTION_TYPE_UNSPECIFIED();
            case CAUSAL -> LlamaCpp.LLAMA_ATTENTION_TYPE_CAUSAL();
            case NON_CAUSAL -> LlamaCpp.LLAMA_ATTENTION_TYPE_NON_CAUSAL();
        };
    }

    static int ropeScaling(RopeScaling.Method method) {
        return switch (method) {
            case MODEL -> LlamaCpp.LLAMA_ROPE_SCALING_TYPE_UNSPECIFIED();
            case NONE -> LlamaCpp.LLAMA_ROPE_SCALING_TYPE_NONE();
            case LINEAR -> LlamaCpp.LLAMA_ROPE_SCALING_TYPE_LINEAR();
            case YARN -> LlamaCpp.LLAMA_ROPE_SCALING_TYPE_YARN();
            case LONGROPE -> LlamaCpp.LLAMA_ROPE_SCALING_TYPE_LONGROPE();
        };
    }

    /** {@code ggml_sched_priority}. */
    static int priority(ThreadPoolOptions.Priority priority) {
        return switch (priority) {
            case LOW -> -1;
            case NORMAL -> 0;
            case MEDIUM -> 1;
            case HIGH -> 2;
            case REALTIME -> 3;
        };
    }

    static int vocabularyType(VocabularyType type) {
        return switch (type) {
            case NONE -> LlamaCpp.LLAMA_VOCAB_TYPE_NONE();
            case SPM -> LlamaCpp.LLAMA_VOCAB_TYPE_SPM();
            case BPE -> LlamaCpp.LLAMA_VOCAB_TYPE_BPE();
            case WPM -> LlamaCpp.LLAMA_VOCAB_TYPE_WPM();
            case UGM -> LlamaCpp.LLAMA_VOCAB_TYPE_UGM();
            case RWKV -> LlamaCpp.LLAMA_VOCAB_TYPE_RWKV();
            case PLAMO2 -> LlamaCpp.LLAMA_VOCAB_TYPE_PLAMO2();
            case TEST -> LlamaCpp.LLAMA_VOCAB_TYPE_TEST();
        };
    }

    /** The bit of an attribute. */
    static int tokenAttribute(TokenAttribute attribute) {
        return switch (attribute) {
            case UNKNOWN -> LlamaCpp.LLAMA_TOKEN_ATTR_UNKNOWN();
            case UNUSED -> LlamaCpp.LLAMA_TOKEN_ATTR_UNUSED();
            case NORMAL -> LlamaCpp.LLAMA_TOKEN_ATTR_NORMAL();
            case CONTROL -> LlamaCpp.LLAMA_TOKEN_ATTR_CONTROL();
            case USER_DEFINED -> LlamaCpp.LLAMA_TOKEN_ATTR_USER_DEFINED();
            case BYTE -> LlamaCpp.LLAMA_TOKEN_ATTR_BYTE();
            case NORMALIZED -> LlamaCpp.LLAMA_TOKEN_ATTR_NORMALIZED();
            case LSTRIP -> LlamaCpp.LLAMA_TOKEN_ATTR_LSTRIP();
            case RSTRIP -> LlamaCpp.LLAMA_TOKEN_ATTR_RSTRIP();
            case SINGLE_WORD -> LlamaCpp.LLAMA_TOKEN_ATTR_SINGLE_WORD();
        };
    }
}
