package dev.qwen4j.internal;

import dev.qwen4j.ModelOptions;
import dev.qwen4j.ModelTraits;
import dev.qwen4j.NativeLibraryException;
import dev.qwen4j.bindings.NativeLibraries;
import dev.qwen4j.bindings.NativeLoadException;
import dev.qwen4j.bindings.Pointers;
import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_model_params;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A {@code llama_model} and its vocabulary. Its getters are for any number of threads; {@link #free} is for the last one. */
public final class NativeModel {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment model;
    private final NativeVocabulary vocabulary;

    /**
     * Loads all parts of a model, or one file, which may lead to its others.
     *
     * @throws IllegalArgumentException if the options name what is not there
     * @throws dev.qwen4j.LlamaException if llama.cpp does not, be it that the listener said so
     * @throws dev.qwen4j.ModelFileChangedException if a file changes meanwhile
     */
    public NativeModel(List<Path> files, ModelOptions options, LoadListener listener) {
        var loaded = MemorySegment.NULL;
        try (var call = Arena.ofConfined()) {
            loadLibraries();
            NativeLog.start();
            // In the model's arena: it keeps pointers to some of it.
            var params = NativeModelParams.of(arena, options);
            llama_model_params.progress_callback(params, listener.stub(call));
            var guard = new Guard(call);
            loaded = LlamaCpp.qwen4j_model_load(guard.error(), paths(call, files), files.size(), params);
            guard.check("load " + files.getFirst());
            model = Pointers.scoped(loaded, arena);
            vocabulary = new NativeVocabulary(Pointers.scoped(LlamaCpp.llama_model_get_vocab(model), arena));
        } catch (Throwable e) {
            release(loaded);
            throw e;
        }
    }

    static MemorySegment paths(Arena arena, List<Path> files) {
        var list = arena.allocate(ValueLayout.ADDRESS, files.size());
        for (int i = 0; i < files.size(); i++) {
            list.setAtIndex(
                    ValueLayout.ADDRESS, i, arena.allocateFrom(files.get(i).toString()));
        }
        return list;
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

    /** Its metadata, as text. */
    public Map<String, String> metadata() {
        var metadata = new TreeMap<String, String>();
        for (int i = 0; i < LlamaCpp.llama_model_meta_count(model); i++) {
            int index = i;
            metadata.put(
                    text((buffer, size) -> LlamaCpp.llama_model_meta_key_by_index(model, index, buffer, size))
                            .orElseThrow(),
                    text((buffer, size) -> LlamaCpp.llama_model_meta_val_str_by_index(model, index, buffer, size))
                            .orElseThrow());
        }
        return Collections.unmodifiableMap(metadata);
    }

    /** The metadata below general.sampling, by the last parts of the keys. */
    public Map<String, String> suggestedSampling() {
        var suggested = new TreeMap<String, String>();
        for (int id = 0; ; id++) {
            var key = LlamaCpp.llama_model_meta_key_str(id);
            if (Pointers.isNull(key)) {
                return Collections.unmodifiableMap(suggested);
            }
            text((buffer, size) -> LlamaCpp.llama_model_meta_val_str(model, key, buffer, size))
                    .ifPresent(value ->
                            suggested.put(Pointers.utf8(key).replaceFirst("^general\\.sampling\\.", ""), value));
        }
    }

    private interface TextCall {
        int write(MemorySegment buffer, long size);
    }

    /** As snprintf: the length that the text has, whether or not it had room; below 0 where there is none. */
    private static Optional<String> text(TextCall call) {
        try (var arena = Arena.ofConfined()) {
            int length = call.write(MemorySegment.NULL, 0);
            if (length < 0) {
                return Optional.empty();
            }
            var buffer = arena.allocate(length + 1L);
            call.write(buffer, buffer.byteSize());
            return Optional.of(buffer.getString(0));
        }
    }

    /** What kind of model it is. */
    public ModelTraits traits() {
        int window = LlamaCpp.llama_model_n_swa(model);
        int start = LlamaCpp.llama_model_decoder_start_token(model);
        return new ModelTraits(
                NativeEnums.ropeType(LlamaCpp.llama_model_rope_type(model)),
                LlamaCpp.llama_model_rope_freq_scale_train(model),
                window > 0 ? OptionalInt.of(window) : OptionalInt.empty(),
                hasEncoder(),
                hasDecoder(),
                start >= 0 ? OptionalInt.of(start) : OptionalInt.empty(),
                isRecurrent(),
                isHybrid(),
                LlamaCpp.llama_model_is_diffusion(model),
                LlamaCpp.llama_model_n_embd_inp(model),
                LlamaCpp.llama_model_n_embd_out(model),
                LlamaCpp.llama_model_n_layer_nextn(model),
                classifierLabels(),
                Pointers.utf8(LlamaCpp.llama_ftype_name(LlamaCpp.llama_model_ftype(model))));
    }

    private List<String> classifierLabels() {
        var labels = new ArrayList<String>();
        for (int i = 0; i < LlamaCpp.llama_model_n_cls_out(model); i++) {
            var label = LlamaCpp.llama_model_cls_label(model, i);
            if (Pointers.isNull(label)) {
                break;
            }
            labels.add(Pointers.utf8(label));
        }
        return labels;
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

    /** Whether positions are neither rotated nor part of a recurrent state, so that they may be learned. */
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

    /**
     * Asks whether its files are what they were.
     *
     * @throws dev.qwen4j.ModelFileChangedException if not
     */
    public void checkFiles(String doing) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            LlamaCpp.qwen4j_model_check_files(guard.error(), model);
            guard.check(doing);
        }
    }

    /** A tensor as llama.cpp holds it. */
    public record Tensor(String name, int type, long byteSize, List<Long> shape) {}

    /** All tensors, each once. */
    public List<Tensor> tensors() {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var table = NativeText.take(guard, LlamaCpp.qwen4j_model_tensors(guard.error(), model), "list the tensors");
            return table.lines().map(NativeModel::tensor).distinct().toList();
        }
    }

    private static Tensor tensor(String line) {
        var cells = line.split("\t", -1);
        return new Tensor(
                cells[0],
                Integer.parseInt(cells[1]),
                Long.parseLong(cells[2]),
                Stream.of(cells).skip(3).map(Long::valueOf).toList());
    }

    /** Whether weights are kept in an order of the CPU's own, from which they cannot be saved. */
    public boolean isReordered() {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            boolean reordered = LlamaCpp.qwen4j_model_is_reordered(guard.error(), model);
            guard.check("look at the order of the weights");
            return reordered;
        }
    }

    /**
     * Writes the model to a file, with the metadata of another one that llama.cpp would leave out. Whether its last bytes were written is not told.
     *
     * @throws dev.qwen4j.LlamaException if it cannot be written
     * @throws dev.qwen4j.ModelFileChangedException if the weights are not what they were
     */
    public void save(Path metadata, Path file) {
        try (var call = Arena.ofConfined()) {
            var guard = new Guard(call);
            var from = call.allocateFrom(metadata.toString());
            LlamaCpp.qwen4j_model_save(guard.error(), model, from, call.allocateFrom(file.toString()));
            guard.check("save the model to " + file);
        }
    }

    /** Frees the model; nothing of it may be in use. */
    public void free() {
        release(model);
    }

    private void release(MemorySegment loaded) {
        try (var call = Arena.ofConfined()) {
            if (!Pointers.isNull(loaded)) {
                LlamaCpp.qwen4j_model_free(new Guard(call).error(), loaded);
                NativeLog.drain();
            }
        } finally {
            arena.close();
        }
    }
}
