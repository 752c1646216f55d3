package dev.qwen4j.internal;

import dev.qwen4j.EvalListener;
import dev.qwen4j.EvalNode;
import dev.qwen4j.EvalTensor;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.qwen4j_eval_callback;
import dev.qwen4j.bindings.generated.qwen4j_node;
import dev.qwen4j.gguf.GgmlType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows a Java listener what ggml computes. An exception that left an upcall would end the JVM, so it is kept, and the decode told to stop. */
final class NativeEvalListener {
    private static final long LONGEST_NAME = 256;

    private final EvalListener listener;
    private final MemorySegment stub;
    private @Nullable Throwable thrown;

    NativeEvalListener(EvalListener listener, Arena arena) {
        this.listener = listener;
        this.stub = qwen4j_eval_callback.allocate(this::onEval, arena);
    }

    MemorySegment stub() {
        return stub;
    }

    /** What the listener threw since this was last asked. */
    Optional<Throwable> takeThrown() {
        var last = Optional.ofNullable(thrown);
        thrown = null;
        return last;
    }

    private boolean onEval(MemorySegment pointer) {
        if (thrown != null) {
            return false;
        }
        try (var call = Arena.ofConfined()) {
            var fields = Pointers.sized(pointer, qwen4j_node.sizeof(), call);
            var node = new EvalNode(
                    Pointers.utf8(qwen4j_node.name(fields), LONGEST_NAME),
                    Pointers.utf8(qwen4j_node.operation(fields), LONGEST_NAME),
                    GgmlType.of(qwen4j_node.type(fields)).orElseThrow(),
                    Arrays.stream(qwen4j_node.shape(fields).toArray(ValueLayout.JAVA_LONG))
                            .boxed()
                            .toList());
            if (qwen4j_node.is_computed(fields) == 0) {
                return listener.wants(node);
            }
            var bytes = Pointers.sized(qwen4j_node.data(fields), qwen4j_node.bytes(fields), call);
            listener.computed(new EvalTensor(node, bytes.toArray(ValueLayout.JAVA_BYTE)));
            return true;
        } catch (Throwable e) {
            thrown = e;
            return false;
        }
    }
}
