package dev.qwen4j.gguf;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a GGUF file says about itself: metadata and tensors, read in milliseconds whatever the size of the model.
 *
 * {@snippet :
 * var model = Gguf.read(Path.of("Qwen3-4B-Q4_K_M.gguf"));
 * System.out.println(model.architecture() + ", " + model.parameterCount() + " parameters");
 * model.integer("qwen3.context_length").ifPresent(System.out::println);
 * }
 *
 * <p>Immutable and thread-safe; no file stays open. Only {@link GgufArray}'s elements are read later, when asked for.
 */
public final class Gguf {
    private final GgufFile file;
    private final int version;
    private final int alignment;
    private final long dataOffset;
    private final Map<String, GgufValue> metadata;
    private final List<GgufTensor> tensors;

    Gguf(
            GgufFile file,
            int version,
            int alignment,
            long dataOffset,
            Map<String, GgufValue> metadata,
            List<GgufTensor> tensors) {
        this.file = file;
        this.version = version;
        this.alignment = alignment;
        this.dataOffset = dataOffset;
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /**
     * Reads and checks a file up to its tensors' data; blocks for that long.
     *
     * <p>Of a model in several files only this one is looked at.
     *
     * @throws GgufException when the file is missing, unreadable, not GGUF, damaged, incomplete, or not a model
     */
    public static Gguf read(Path path) {
        return GgufParser.parse(GgufFile.inspect(path));
    }

    /** The file, as it was named to {@link #read}. */
    public Path path() {
        return file.path();
    }

    /** How many bytes the file had when it was read. */
    public long fileSize() {
        return file.size();
    }

    /** The version of the format: 2 or 3. */
    public int version() {
        return version;
    }

    /** Tensors start at multiples of this number of bytes, a power of two. */
    public int alignment() {
        return alignment;
    }

    /** Where the tensors' data starts in the file. */
    public long dataOffset() {
        return dataOffset;
    }

    /** Every metadata value under its key, in the order of the file; unmodifiable. */
    public Map<String, GgufValue> metadata() {
        return metadata;
    }

    /**
     * The same file as if it had other values under some keys, or more keys. So llama.cpp takes a file when a model is loaded with other metadata; the
     * tensors stay where they are.
     */
    public Gguf withMetadata(Map<String, ? extends GgufValue> values) {
        var all = new LinkedHashMap<>(metadata);
        all.putAll(values);
        return new Gguf(file, version, alignment, dataOffset, Collections.unmodifiableMap(all), tensors);
    }

    /** Every tensor of this file, in the order of the file; unmodifiable. */
    public List<GgufTensor> tensors() {
        return tensors;
    }

    /** Which part of a model in several files this is; empty for a model in one file. */
    public Optional<GgufSplit> split() {
        return GgufSplit.of(metadata, file);
    }

    /**
     * What kind of model this is, such as {@code qwen3}.
     *
     * @throws GgufException in a later part of a model in several files, which does not say
     */
    public String architecture() {
        return text("general.architecture")
                .orElseThrow(() -> new GgufException(
                        path() + " is only " + split().orElseThrow() + " of a model. Name the first part instead."));
    }

    /**
     * The model's name for people, where the file gives one.
     *
     * @throws GgufException when it is not text
     */
    public Optional<String> name() {
        return text("general.name");
    }

    /**
     * How most tensors are quantized, such as {@code Q4_K - Medium}, where the file says so.
     *
     * @throws GgufException when it is not a whole number
     */
    public Optional<String> fileType() {
        var id = integer("general.file_type");
        return id.isPresent() ? Optional.of(GgufFileType.name(id.getAsLong())) : Optional.empty();
    }

    /**
     * A digest that tells this file from others: SHA-256, in hex, of its size, its header, and 4 KiB from the middle of each tensor; read now.
     *
     * <p>Files that differ in other parts of their tensors only have the same one, which no training or quantization makes.
     *
     * @throws GgufException when the file is not there any more, or has changed since it was read
     */
    public String fingerprint() {
        return Fingerprint.of(file, dataOffset, tensors);
    }

    /** How many numbers the tensors of this file hold. */
    public long parameterCount() {
        return tensors.stream().mapToLong(GgufTensor::elementCount).sum();
    }

    /** How many bytes the tensors of this file take, without padding. */
    public long tensorBytes() {
        return tensors.stream().mapToLong(GgufTensor::byteSize).sum();
    }

    /**
     * The text under a key; empty where the key is missing.
     *
     * @throws GgufException when the value is not text
     */
    public Optional<String> text(String key) {
        return value(key, GgufValue.Text.class, "text").map(GgufValue.Text::value);
    }

    /**
     * The whole number under a key, of any of the eight types; empty where the key is missing.
     *
     * @throws GgufException when the value is no whole number, or 2<sup>63</sup> or more
     */
    public OptionalLong integer(String key) {
        return switch (metadata.get(key)) {
            case null -> OptionalLong.empty();
            case GgufValue.Int(var type, var value) -> OptionalLong.of(value);
            case GgufValue.UInt(var type, var value)
            when type != GgufType.UINT64 || value >= 0 -> OptionalLong.of(value);
            case GgufValue other -> throw mismatch(key, other, "a whole number below 2^63");
        };
    }

    /**
     * The f32 or f64 under a key; empty where the key is missing.
     *
     * @throws GgufException when the value is of another type
     */
    public OptionalDouble real(String key) {
        var value = value(key, GgufValue.Real.class, "a floating-point number");
        return value.isPresent() ? OptionalDouble.of(value.get().value()) : OptionalDouble.empty();
    }

    /**
     * The truth value under a key; empty where the key is missing.
     *
     * @throws GgufException when the value is of another type
     */
    public Optional<Boolean> bool(String key) {
        return value(key, GgufValue.Bool.class, "true or false").map(GgufValue.Bool::value);
    }

    /**
     * The array under a key, its elements still in the file; empty where the key is missing.
     *
     * @throws GgufException when the value is no array
     */
    public Optional<GgufArray> array(String key) {
        return value(key, GgufArray.class, "an array");
    }

    private <T extends GgufValue> Optional<T> value(String key, Class<T> kind, String expected) {
        var value = metadata.get(key);
        if (value == null || kind.isInstance(value)) {
            return Optional.ofNullable(value).map(kind::cast);
        }
        throw mismatch(key, value, expected);
    }

    private GgufException mismatch(String key, GgufValue value, String expected) {
        return new GgufException(
                "%s has %s of type %s under %s, where %s is expected. Use metadata() to see it as it is."
                        .formatted(
                                path(),
                                Show.text(value.toString()),
                                value.type().label(),
                                Show.text(key),
                                expected));
    }

    /** File, architecture and sizes, for logs. */
    @Override
    public String toString() {
        return "Gguf[%s, version %d, %d metadata entries, %d tensors, %d bytes]"
                .formatted(path(), version, metadata.size(), tensors.size(), fileSize());
    }
}
