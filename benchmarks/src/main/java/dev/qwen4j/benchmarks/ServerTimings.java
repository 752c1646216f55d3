package dev.qwen4j.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.json.JsonMapper;

/**
 * What llama-server says itself about one request.
 *
 * @param cachedTokens how many tokens of the prompt it had already
 * @param promptTokens how many it computed
 * @param generatedTokens how many it generated
 */
record ServerTimings(
        int cachedTokens, int promptTokens, double promptMillis, int generatedTokens, double generationMillis) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Of the answer to a completion.
     *
     * @throws IllegalStateException if it has none
     */
    static ServerTimings of(String answer) {
        var timings = JSON.readTree(answer).get("timings");
        if (timings == null) {
            throw new IllegalStateException("llama-server's answer has no timings: " + answer);
        }
        return new ServerTimings(
                timings.get("cache_n").asInt(),
                timings.get("prompt_n").asInt(),
                timings.get("prompt_ms").asDouble(),
                timings.get("predicted_n").asInt(),
                timings.get("predicted_ms").asDouble());
    }

    double generatedPerSecond() {
        return generatedTokens / (generationMillis / 1e3);
    }

    /** Figures to print beside one's own: medians of the requests. */
    static List<Figure> figures(String of, List<ServerTimings> requests) {
        var says = of + ", llama-server's own timings: ";
        return List.of(
                median(says + "prompt tokens computed a request", "tokens", requests, ServerTimings::promptTokens),
                median(says + "prompt tokens cached", "tokens", requests, ServerTimings::cachedTokens),
                median(says + "time until the prompt is computed", "ms", requests, ServerTimings::promptMillis),
                median(says + "generation, each request", "tokens/s", requests, ServerTimings::generatedPerSecond));
    }

    private static Figure median(
            String what, String unit, List<ServerTimings> requests, ToDoubleFunction<ServerTimings> figure) {
        return Figure.of(
                what, unit, new Sample(requests.stream().mapToDouble(figure).toArray()).median());
    }
}
