package dev.qwen4j;

/** Thrown before anything is changed when a KV cache cannot do what was asked without wrong logits afterwards. */
public final class KvCacheException extends Qwen4jException {
    KvCacheException(String message) {
        super(message);
    }
}
