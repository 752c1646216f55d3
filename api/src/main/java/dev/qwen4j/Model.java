package dev.qwen4j;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.internal.Lifetime;
import dev.qwen4j.internal.LoadListener;
import dev.qwen4j.internal.NativeModel;
import dev.qwen4j.internal.NativeVocabulary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a model and its vocabulary, in memory.
 *
 * <p>Immutable and safe for use by any thread, so one model serves all contexts. It owns what is made from it: closing it closes its contexts, their
 * samplers, and its chat templates, and waits for calls that are inside it.
 */
public final class Model implements AutoCloseable {
    private final ModelParts parts;
    private final Gguf header;
    private final ModelOptions options;
    private final NativeModel nativeModel;
    private final Lifetime lifetime;
    private final Tokenizer tokenizer;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ChatTemplate chatTemplate;
    private @Nullable ControlText controlText;
    private @Nullable String fingerprint;

    private Model(ModelParts parts, Gguf header, ModelOptions options, NativeModel nativeModel) {
        this.parts = parts;
        this.header = header;
        this.options = options;
        this.nativeModel = nativeModel;
        this.lifetime = new Lifetime("model", Lifetime.Sharing.ANY_THREADS, nativeModel::free);
        this.tokenizer = new Tokenizer(nativeModel.vocabulary(), header, lifetime);
        lifetime.takeOver(this, List.of());
    }

    /** Loads a GGUF file with default options; see {@link #load(Path, UnaryOperator)}. */
    public static Model load(Path file) {
        return load(file, options -> options);
    }

    /**
     * Loads a GGUF file; blocks until it is loaded, which takes from milliseconds to minutes.
     *
     * <p>The file's header is checked first, so that most broken files never reach native code. Of a model in several files the first one is named, and the
     * others lie beside it under the names that llama-gguf-split gave them.
     *
     * {@snippet :
     * var model = Model.load(path, options -> options.progress(fraction -> !stopRequested()));
     * }
     *
     * @param options changes the {@linkplain ModelOptions#defaults defaults}
     * @throws IllegalArgumentException if the options name a device, a buffer type, a pattern or metadata that cannot be
     * @throws dev.qwen4j.gguf.GgufException if a file is missing, unreadable, cut short or not a GGUF
     * @throws NativeLibraryException if the native libraries cannot be used
     * @throws InsufficientMemoryException if its weights need more memory than there is
     * @throws ModelLoadException if it is a GGUF, and llama.cpp cannot load it, or a part is not where it belongs
     * @throws ModelFileChangedException if it changes meanwhile
     * @throws CancelledException if the progress listener said so
     */
    public static Model load(Path file, UnaryOperator<ModelOptions> options) {
        return load(ModelParts.of(file), options.apply(ModelOptions.defaults()));
    }

    /** Loads a model in several files of any names, given in their order; all else as {@link #load(Path, UnaryOperator)}. */
    public static Model load(List<Path> parts, UnaryOperator<ModelOptions> options) {
        return load(ModelParts.of(parts), options.apply(ModelOptions.defaults()));
    }

    private static Model load(ModelParts parts, ModelOptions options) {
        var header = MetadataOverrides.apply(parts.first(), options.metadata());
        LoadRequirements.check(header, parts.files());
        var nativeModel = loadNative(parts, header, options);
        try {
            return new Model(parts, header, options, nativeModel);
        } catch (Throwable e) {
            nativeModel.free();
            throw e;
        }
    }

    private static NativeModel loadNative(ModelParts parts, Gguf header, ModelOptions options) {
        var listener = new LoadListener(options.progress());
        try {
            new MemoryCheck(parts, header, options, new HostMemory()).beforeLoad();
            return new NativeModel(parts.paths(), options, listener);
        } catch (LlamaException e) {
            if (listener.thrown().isPresent()) {
                throw new ModelLoadException(
                        "Loading " + header.path() + " ended because its progress listener threw.",
                        listener.thrown().get());
            }
            if (listener.stopped()) {
                throw new CancelledException("Loading " + header.path() + " was cancelled by its progress listener.");
            }
            throw new ModelLoadException(explain(header.path(), header, e), e);
        }
    }

    private static String explain(Path file, Gguf gguf, LlamaException e) {
        if (e.nativeLog().contains("unknown model architecture")) {
            return "%s has architecture \"%s\", which llama.cpp %s does not know. Use a model of a known one, or a newer Qwen4j."
                    .formatted(file, gguf.architecture(), NativeModel.llamaVersion());
        }
        return e.getMessage();
    }

    /** The version of llama.cpp that loads models, as {@code 0.5.0}; loads the native libraries. */
    public static String llamaCppVersion() {
        return NativeModel.llamaVersion();
    }

    /** The file it was loaded from; the first one of several. */
    public Path file() {
        return parts.first().path();
    }

    /** All files that it was loaded from, in their order. */
    public List<Path> files() {
        return parts.paths();
    }

    /** The file's header: metadata and tensor table, of the first one of several. Usable after {@link #close} too. */
    public Gguf gguf() {
        return parts.first();
    }

    /** The options it was loaded with. */
    public ModelOptions options() {
        return options;
    }

    /** The architecture, as {@code qwen3}. */
    public String architecture() {
        return header.architecture();
    }

    /** One line of architecture, size and type, as llama.cpp words it. */
    public String description() {
        return lifetime.call(nativeModel::description);
    }

    /** The number of weights. */
    public long parameterCount() {
        return lifetime.call(nativeModel::parameterCount);
    }

    /** The bytes that the weights take. */
    public long tensorBytes() {
        return lifetime.call(nativeModel::tensorBytes);
    }

    /** The longest text in tokens that it was trained on; longer contexts work, worse and worse. */
    public int trainedContextLength() {
        return weighed(nativeModel::trainedContextLength);
    }

    /** The width of its hidden state. */
    public int embeddingLength() {
        return weighed(nativeModel::embeddingLength);
    }

    /** The width of an embedding that takes a token's place in a {@link Batch}. */
    public int inputEmbeddingLength() {
        return weighed(nativeModel::inputEmbeddingLength);
    }

    /** The width of an embedding that a {@link Context} computes. */
    public int outputEmbeddingLength() {
        return weighed(nativeModel::outputEmbeddingLength);
    }

    /** How many numbers a position has: 4 where images have positions in time, height and width, as in Qwen-VL, else 1. */
    public int positionDimensions() {
        return weighed(nativeModel::positionDimensions);
    }

    /** The number of its layers. */
    public int layerCount() {
        return weighed(nativeModel::layerCount);
    }

    /** The number of its attention heads. */
    public int headCount() {
        return weighed(nativeModel::headCount);
    }

    /** The number of its key-value heads; less than {@link #headCount} where heads share them. */
    public int kvHeadCount() {
        return weighed(nativeModel::kvHeadCount);
    }

    /** What kind of model it is: positions, window, recurrence, classifier and the like. */
    public ModelTraits traits() {
        return weighed(nativeModel::traits);
    }

    /** The single values of its metadata as text, by their keys, as llama.cpp holds them: without arrays, and without what options put in their place. */
    public Map<String, String> metadata() {
        return lifetime.call(nativeModel::metadata);
    }

    /** How its makers would sample from it, where they say so: {@code top_k}, {@code temp} and the like, as llama.cpp's programs take them. */
    public Map<String, String> suggestedSampling() {
        return lifetime.call(nativeModel::suggestedSampling);
    }

    /**
     * Writes it to a file, which then replaces what was there; blocks for as long as that takes, and cannot be cancelled, since llama.cpp does not ask. Other
     * calls can go on meanwhile.
     *
     * <p>What is written is what llama.cpp holds, the tensors as they are and the metadata that it uses ({@code llama_model_save_to_file}), and the rest of the
     * metadata from the file that it was loaded from, which must still be there. Several parts become one file. It is read back and its tables are compared
     * before it gets its name.
     *
     * @throws ModelSaveException if it cannot be written, or not all of it; the folder is then as it was
     * @throws IllegalStateException if only the vocabulary was loaded
     */
    public void save(Path file) {
        ModelParts.checkReadable(file);
        this.<Boolean>weighed(() -> {
            new SavedModel(nativeModel, parts.first(), file).write();
            return true;
        });
    }

    /** Its vocabulary; lives as long as the model. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** The text of its chat template, in Jinja; empty if it has none. */
    public Optional<String> chatTemplateText() {
        return lifetime.call(nativeModel::chatTemplate);
    }

    /**
     * Its own chat template, parsed once and owned by the model; ChatML where it has none.
     *
     * @throws ChatTemplateException if it does not parse
     */
    public ChatTemplate chatTemplate() {
        return lifetime.call(() -> {
            var own = ownTemplate(Optional.empty());
            // Parsed outside the lock: it logs on another thread, and what listens to the log may ask for the template
            // too.
            return own.orElseGet(
                    () -> ownTemplate(Optional.of(ChatTemplate.parse(this, lifetime, nativeModel, Optional.empty())))
                            .orElseThrow());
        });
    }

    /** The template that is published already, or else the one given, which is then published; two threads may parse, and one result is kept. */
    private Optional<ChatTemplate> ownTemplate(Optional<ChatTemplate> parsed) {
        lock.lock();
        try {
            if (chatTemplate == null) {
                chatTemplate = parsed.orElse(null);
            }
            return Optional.ofNullable(chatTemplate);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A chat template of the caller's own for this model, in Jinja; owned by the model, and worth closing when it is not needed any more.
     *
     * @throws ChatTemplateException if it does not parse
     */
    public ChatTemplate chatTemplate(String jinja) {
        if (jinja.isBlank() || jinja.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "The chat template is empty or holds a NUL character; give one in Jinja.");
        }
        return lifetime.call(() -> ChatTemplate.parse(this, lifetime, nativeModel, Optional.of(jinja)));
    }

    /** A context with default options; see {@link #newContext(UnaryOperator)}. */
    public Context newContext() {
        return newContext(options -> options);
    }

    /**
     * Creates a context, and allocates its cache at once.
     *
     * @param change changes the defaults: those of {@link ContextOptions#defaults}, no longer than the model was trained on
     * @throws IllegalArgumentException if the options do not suit the model
     * @throws IllegalStateException if only the vocabulary was loaded
     * @throws InsufficientMemoryException if it needs more memory than there is
     * @throws ModelFileChangedException if the model's file is not what it was
     * @throws LlamaException if llama.cpp cannot create it
     */
    public Context newContext(UnaryOperator<ContextOptions> change) {
        if (options.vocabularyOnly()) {
            throw new IllegalStateException("Only the vocabulary of " + file()
                    + " was loaded, so it cannot decode. Load it without vocabularyOnly.");
        }
        var defaults = ContextOptions.defaults();
        int trained = trainedContextLength();
        var chosen = change.apply(trained > 0 ? defaults.length(Math.min(defaults.length(), trained)) : defaults);
        return lifetime.call(() -> {
            new ContextRequirements(header, nativeModel).check(chosen);
            nativeModel.checkFiles("create a context");
            new MemoryCheck(parts, header, options, new HostMemory()).beforeContext(chosen, nativeModel);
            return Context.create(this, lifetime, nativeModel, chosen);
        });
    }

    /** Closes what it owns, then frees it; idempotent, from any thread. It is back within a second; a call that goes on longer frees it when it ends. */
    @Override
    public void close() {
        lifetime.close();
    }

    @Override
    public String toString() {
        return "Model[" + file() + (lifetime.isClosed() ? ", closed]" : "]");
    }

    /** Made once: a vocabulary is long. */
    ControlText controlText() {
        lock.lock();
        try {
            var known = controlText;
            if (known == null) {
                known = ControlText.of(tokenizer);
                controlText = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** What tells its file, or files, from others, and what options put in their place; read once. */
    String fingerprint() {
        lock.lock();
        try {
            var known = fingerprint;
            if (known == null) {
                known = parts.files().stream().map(Gguf::fingerprint).collect(Collectors.joining())
                        + MetadataOverrides.digest(options.metadata());
                fingerprint = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** The file's header with what options put in its place. */
    Gguf header() {
        return header;
    }

    NativeModel nativeModel() {
        return nativeModel;
    }

    NativeVocabulary nativeVocabulary() {
        return nativeModel.vocabulary();
    }

    /** llama.cpp knows, and asserts, nothing about the layers of a model whose vocabulary alone was loaded. */
    private <T> T weighed(Supplier<T> call) {
        if (options.vocabularyOnly()) {
            throw new IllegalStateException(
                    "Only the vocabulary of " + file() + " was loaded. Load it without vocabularyOnly for this.");
        }
        return lifetime.call(call);
    }
}
