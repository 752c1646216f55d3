package dev.qwen4j;

import dev.qwen4j.gguf.GgmlType;
import dev.qwen4j.gguf.GgufTensor;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The types that tensors must have: llama.cpp compares shapes when it loads a model, and types only when its threads compute with them, where a failed
 * assert ends the process.
 */
final class TensorRequirements {
    /** Types that ggml can store and cannot multiply with. */
    private static final Set<GgmlType> NOT_WEIGHTS = EnumSet.of(
            GgmlType.I8, GgmlType.I16, GgmlType.I32, GgmlType.I64, GgmlType.F64, GgmlType.Q8_1, GgmlType.Q8_K);

    /** Tables of whole numbers: from tokens to experts, and between vocabularies. */
    private static final Pattern TABLE = Pattern.compile("tid2eid|^d2t|^masked_embd_");

    /** What is turned into columns, in F16. */
    private static final Pattern CONVOLVED =
            Pattern.compile("^conv1d\\.|^posnet\\.\\d+\\.conv|^convnext\\.\\d+\\.dw\\.");

    /** Adapters inside a model: matrices without the usual ending. */
    private static final Pattern ADAPTER = Pattern.compile("\\.lora_[ab]$");

    /**
     * Of two and more dimensions, and yet added, multiplied number by number, or scanned: all that llama-arch.cpp has under another operation than
     * MUL_MAT, MUL_MAT_ID and GET_ROWS. All of it is F32 in what llama.cpp's converter writes.
     */
    private static final Pattern BY_NUMBER = Pattern.compile(
            "norm\\.weight$|\\.ssm_(a|d|conv1d)|\\.shortconv\\.conv\\.|ple_conv1d|_conv_base|_res_score"
                    + "|\\.time_mix_(first|decay|w0|a0|v0|k_k|k_a|r_k|ln|lerp_\\w+)\\.weight|\\.channel_mix_lerp_|hc_\\w*(base|scale)|altup_correct_scale");

    private TensorRequirements() {}

    /** What is wrong with a tensor. */
    static Optional<String> objection(GgufTensor tensor) {
        var name = tensor.name();
        if (TABLE.matcher(name).find() || CONVOLVED.matcher(name).find()) {
            return Optional.empty();
        }
        boolean matrix = (tensor.shape().size() > 1 && name.endsWith(".weight"))
                || ADAPTER.matcher(name).find();
        if ((!matrix || BY_NUMBER.matcher(name).find()) && tensor.type() != GgmlType.F32) {
            return Optional.of("tensor " + name + " has type " + tensor.type() + "; it must be F32");
        }
        if (NOT_WEIGHTS.contains(tensor.type())) {
            return Optional.of("tensor " + name + " has type " + tensor.type() + ", which weights cannot have");
        }
        return Optional.empty();
    }
}
