package dev.qwen4j.cli;

import dev.qwen4j.gguf.Gguf;
import dev.qwen4j.gguf.GgufArray;
import dev.qwen4j.gguf.GgufTensor;
import dev.qwen4j.gguf.GgufValue;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A GGUF file's header as tables. */
final class GgufReport {
    private static final int LONGEST_VALUE = 80;
    private static final int LONGEST_NAME = 120;

    private final Gguf gguf;

    GgufReport(Gguf gguf) {
        this.gguf = gguf;
    }

    /** What one wants to know of a model. */
    Table summary() {
        var table = new Table()
                .row("File", gguf.path().toString())
                .row("Size", bytes(gguf.fileSize()))
                .row("Architecture", shown(gguf.text("general.architecture")))
                .row("Name", shown(gguf.name()));
        gguf.split().ifPresent(split -> table.row("Part", split + ", of which only this one is described"));
        return table.row("Parameters", count(gguf.parameterCount()))
                .row("Type", shown(gguf.fileType()))
                .row("Context length", tokens(architectural("context_length")))
                .row("Vocabulary", tokens(vocabulary()))
                .row("Layers", number(architectural("block_count")))
                .row("Tensors", tensorTypes())
                .row("Chat template", gguf.metadata().containsKey("tokenizer.chat_template") ? "yes" : "no");
    }

    /** Every key, its type and its value. */
    Table metadata() {
        var table = new Table().row("KEY", "TYPE", "VALUE");
        gguf.metadata()
                .forEach((key, value) -> table.row(
                        Printable.line(key, LONGEST_NAME),
                        value instanceof GgufArray array
                                ? array.toString()
                                : value.type().label(),
                        shown(value)));
        return table;
    }

    /** Every tensor, its type, shape and size. */
    Table tensors() {
        var table = new Table().row("TENSOR", "TYPE", "SHAPE", "BYTES");
        for (var tensor : gguf.tensors()) {
            table.row(
                    Printable.line(tensor.name(), LONGEST_NAME),
                    tensor.type().name(),
                    tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(" × ")),
                    String.valueOf(tensor.byteSize()));
        }
        return table;
    }

    private OptionalLong architectural(String key) {
        return gguf.text("general.architecture")
                .map(architecture -> gguf.integer(architecture + "." + key))
                .orElse(OptionalLong.empty());
    }

    private OptionalLong vocabulary() {
        return gguf.array("tokenizer.ggml.tokens")
                .map(tokens -> OptionalLong.of(tokens.size()))
                .orElseGet(() -> architectural("vocab_size"));
    }

    /** As in "46: 29 Q8_0, 17 F32", the types with most bytes first. */
    private String tensorTypes() {
        var types = gguf.tensors().stream()
                .collect(Collectors.groupingBy(
                        GgufTensor::type, TreeMap::new, Collectors.summarizingLong(GgufTensor::byteSize)));
        return types.entrySet().stream()
                .sorted(Comparator.comparingLong(entry -> -entry.getValue().getSum()))
                .map(entry ->
                        String.format(Locale.ROOT, "%,d %s", entry.getValue().getCount(), entry.getKey()))
                .collect(Collectors.joining(", ", gguf.tensors().size() + ": ", ""));
    }

    private static String shown(GgufValue value) {
        if (value instanceof GgufArray array) {
            return array.first(4).stream()
                    .map(element -> Printable.line(element.toString(), LONGEST_VALUE / 4))
                    .collect(Collectors.joining(", ", "", array.size() > 4 ? ", …" : ""));
        }
        return Printable.line(value.toString(), LONGEST_VALUE);
    }

    private static String shown(Optional<String> text) {
        return text.map(known -> Printable.line(known, LONGEST_VALUE)).orElse("not said");
    }

    private static String tokens(OptionalLong number) {
        return number.isPresent() ? number(number) + " tokens" : "not said";
    }

    private static String number(OptionalLong number) {
        return number.isPresent() ? String.format(Locale.ROOT, "%,d", number.getAsLong()) : "not said";
    }

    private static String count(long number) {
        return scaled(number, 1000, "", "thousand", "million", "billion", "trillion");
    }

    private static String bytes(long number) {
        return scaled(number, 1024, "bytes", "KiB", "MiB", "GiB", "TiB");
    }

    /** As in "2.4 million (2,432,192)". */
    private static String scaled(long number, int base, String... units) {
        double value = number;
        int unit = 0;
        while (value >= base && unit < units.length - 1) {
            value /= base;
            unit++;
        }
        var exact = String.format(Locale.ROOT, "%,d %s", number, units[0]).strip();
        return unit == 0 ? exact : String.format(Locale.ROOT, "%.1f %s (%s)", value, units[unit], exact);
    }
}
