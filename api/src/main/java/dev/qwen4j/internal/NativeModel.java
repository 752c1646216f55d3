package dev.qwen4j.internal;

import dev.qwen4j.ModelOptions;
import dev.qwen4j.NativeLibraryException;
import dev.qwen4j.bindings.NativeLibraries;
import dev.qwen4j.bindings.NativeLoadException;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_model_params;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** A {@code llama_model} and its vocabulary. Its getters are for any number of threads; {@link #free} is for the last one. */
public final class NativeModel {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment model;
    private final NativeVocabulary vocabulary;

    /**
     * Loads a file.
     *
     * @throws dev.qwen4j.LlamaException if llama.cpp does not, be it that the listener said so
     */
    public NativeModel(Path file, ModelOptions options, LoadListener listener) {
        try (var call = Arena.ofConfined()) {
            loadLibraries();
            NativeLog.start();
            var params = LlamaCpp.llama_model_default_params(call);
            llama_model_params.n_gpu_layers(params, options.gpuLayers());
            llama_model_params.load_mode(params, NativeEnums.loadMode(options.loadMode()));
            llama_model_params.check_tensors(params, options.checkTensors());
            llama_model_params.vocab_only(params, options.vocabularyOnly());
            llama_model_params.progress_callback(params, listener.stub(call));
            var guard = new Guard(call);
            var loaded = LlamaCpp.qwen4j_model_load(guard.error(), call.allocateFrom(file.toString()), params);
            guard.check("load " + file);
            model = Pointers.scoped(loaded, arena);
            vocabulary = new NativeVocabulary(Pointers.scoped(LlamaCpp.llama_model_get_vocab(model), arena));
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /** The version of llama.cpp, as "0.5.0"; loads the native libraries. */
    public static String llamaVersion() {
        loadLibraries();
        return Pointers.utf8(LlamaCpp.llama_version());
    }

    /** Before the first native call. */
    static void loadLibraries() {
        try {
            NativeLibraries.load();
        } catch (NativeLoadException e) {
            throw new NativeLibraryException(String.valueOf(e.getMessage()), e);
        }
    }

    /** The vocabulary; lives as long as the model. */
    public NativeVocabulary vocabulary() {
        return vocabulary;
    }

    MemorySegment pointer() {
        return model;
    }

    /** The bytes of all tensors. */
    public long tensorBytes() {
        return LlamaCpp.llama_model_size(model);
    }

    /** The number of weights. */
    public long parameterCount() {
        return LlamaCpp.llama_model_n_params(model);
    }

    /** The context length that the model was trained with. */
    public int trainedContextLength() {
        return LlamaCpp.llama_model_n_ctx_train(model);
    }

    /** The width of the model. */
    public int embeddingLength() {
        return LlamaCpp.llama_model_n_embd(model);
    }

    /** The number of layers. */
    public int layerCount() {
        return LlamaCpp.llama_model_n_layer(model);
    }

    /** The number of query heads. */
    public int headCount() {
        return LlamaCpp.llama_model_n_head(model);
    }

    /** The number of KV heads. */
    public int kvHeadCount() {
        return LlamaCpp.llama_model_n_head_kv(model);
    }

    /** Whether there is an encoder. */
    public boolean hasEncoder() {
        return LlamaCpp.llama_model_has_encoder(model);
    }

    /** Whether there is a decoder. */
    public boolean hasDecoder() {
        return LlamaCpp.llama_model_has_decoder(model);
    }

    /** How many of the latest tokens some layers see; 0 where all see all. */
    public int slidingWindow() {
        return LlamaCpp.llama_model_n_swa(model);
    }

    /** The width of an embedding that takes a token's place. */
    public int inputEmbeddingLength() {
        return LlamaCpp.llama_model_n_embd_inp(model);
    }

    /** The width of an embedding that is computed. */
    public int outputEmbeddingLength() {
        return LlamaCpp.llama_model_n_embd_out(model);
    }

    /** The number of scores that a classification head gives. */
    public int classifierOutputCount() {
        return LlamaCpp.llama_model_n_cls_out(model);
    }

    /** How many numbers a position has. */
    public int positionDimensions() {
        int type = LlamaCpp.llama_model_rope_type(model);
        return type == LlamaCpp.LLAMA_ROPE_TYPE_MROPE() || type == LlamaCpp.LLAMA_ROPE_TYPE_IMROPE() ? 4 : 1;
    }

    /** Whether all that it remembers is a state of a fixed size. */
    public boolean isRecurrent() {
        return LlamaCpp.llama_model_is_recurrent(model);
    }

    /** Whether some layers have a recurrent state and others attend. */
    public boolean isHybrid() {
        return LlamaCpp.llama_model_is_hybrid(model);
    }

    /** Whether positions are neither rotated nor part of a recurrent state: they may be learned, and then end. */
    public boolean mayHaveLearnedPositions() {
        return LlamaCpp.llama_model_rope_type(model) == LlamaCpp.LLAMA_ROPE_TYPE_NONE()
                && !LlamaCpp.llama_model_is_recurrent(model);
    }

    /** The text of the chat template. */
    public Optional<String> chatTemplate() {
        var text = LlamaCpp.llama_model_chat_template(model, MemorySegment.NULL);
        return Pointers.isNull(text) ? Optional.empty() : Optional.of(Pointers.utf8(text));
    }

    /** "qwen3 0.6B Q8_0" or the like. */
    public String description() {
        try (var call = Arena.ofConfined()) {
            var text = call.allocate(256);
            LlamaCpp.llama_model_desc(model, text, text.byteSize());
            return text.getString(0);
        }
    }

    /** Frees the model; nothing of it may be in use. */
    public void free() {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            LlamaCpp.qwen4j_model_free(guard.error(), model);
            NativeLog.drain();
        } finally {
            arena.close();
        }
    }
}
