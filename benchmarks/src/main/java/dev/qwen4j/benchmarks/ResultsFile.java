package dev.qwen4j.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code {"results":[{"name":…,"value":…,"unit":…,"runs":[…],"target":…, …}], "machine":{…}}}; targets that are not there are null. */
final class ResultsFile {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private ResultsFile() {}

    static void write(Path file, Machine machine, List<Result> results) {
        JSON.writeValue(file, new Contents(results.stream().map(Entry::of).toList(), machine));
    }

    private record Contents(List<Entry> results, Machine machine) {}

    private record Entry(
            String name,
            double value,
            String unit,
            String valueIs,
            @Nullable Target target,
            List<Double> runs,
            List<Detail> comparisons,
            List<FigureDetail> figures) {
        static Entry of(Result result) {
            return new Entry(
                    result.name(),
                    result.value(),
                    result.unit(),
                    result.valueIs(),
                    result.target().orElse(null),
                    result.runs().values(),
                    result.comparisons().stream().map(Detail::of).toList(),
                    result.figures().stream().map(FigureDetail::of).toList());
        }
    }

    private record Detail(
            String what, String unit, double ratioOfMedians, double medianOfRatios, Map<String, SideDetail> sides) {
        static Detail of(Comparison comparison) {
            return new Detail(
                    comparison.what(),
                    comparison.unit(),
                    comparison.ratioOfMedians(),
                    comparison.ratios().median(),
                    Map.of(
                            "ours",
                            SideDetail.of(comparison.ourCommand(), comparison.ours()),
                            "theirs",
                            SideDetail.of(comparison.theirCommand(), comparison.theirs())));
        }
    }

    private record FigureDetail(
            String what,
            String unit,
            double value,
            @Nullable Target target) {
        static FigureDetail of(Figure figure) {
            return new FigureDetail(
                    figure.what(),
                    figure.unit(),
                    figure.value(),
                    figure.target().orElse(null));
        }
    }

    private record SideDetail(String command, double median, List<Double> runs) {
        static SideDetail of(String command, Sample sample) {
            return new SideDetail(command, sample.median(), sample.values());
        }
    }
}
