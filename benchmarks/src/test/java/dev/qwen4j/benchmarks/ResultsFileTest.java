package dev.qwen4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ResultsFileTest {
    @TempDir
    private Path folder;

    @Test
    void holdsNameValueUnitAndRunsOfEachResult() {
        var file = folder.resolve("results.json");
        var comparison = new Comparison("c", "tokens/s", "us", "them", new Sample(9, 11), new Sample(10, 10));
        var machine = new Machine("processor", 2, 0.25, "system", "java", "0.5.0");

        ResultsFile.write(
                file,
                machine,
                List.of(new Result("decode-1", 1, "ratio", "is", comparison.ratios(), List.of(comparison))));

        var json = JsonMapper.builder().build().readTree(file);
        var result = json.get("results").get(0);
        assertThat(result.get("name").asString()).isEqualTo("decode-1");
        assertThat(result.get("value").asDouble()).isEqualTo(1);
        assertThat(result.get("unit").asString()).isEqualTo("ratio");
        assertThat(result.get("runs").toString()).isEqualTo("[0.9,1.1]");
        assertThat(result.at("/comparisons/0/sides/theirs/command").asString()).isEqualTo("them");
        assertThat(json.at("/machine/loadAverage").asDouble()).isEqualTo(0.25);
    }

    @Test
    void holdsTargetsAndFiguresWhereThereAreAny() {
        var file = folder.resolve("results.json");
        var comparison = new Comparison("c", "tokens/s", "us", "them", new Sample(9), new Sample(10));
        var result = Result.worstOf("serve-8", "ratio", Target.atLeast(0.93), List.of(comparison), List.of())
                .and(List.of(
                        Figure.of("worst gap", "ms", 250, Target.atMost(300)), Figure.of("ceiling", "tokens/s", 300)));

        ResultsFile.write(file, new Machine("processor", 2, 0.25, "system", "java", "0.5.0"), List.of(result));

        var json = JsonMapper.builder().build().readTree(file).get("results").get(0);
        assertThat(json.at("/target/bound").asDouble()).isEqualTo(0.93);
        assertThat(json.at("/target/lowerIsBetter").asBoolean()).isFalse();
        assertThat(json.at("/figures/0/what").asString()).isEqualTo("worst gap");
        assertThat(json.at("/figures/0/target/lowerIsBetter").asBoolean()).isTrue();
        assertThat(json.at("/figures/1/target").isNull()).isTrue();
    }
}
