package dev.qwen4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ServerTimingsTest {
    /** As llama-server of llama.cpp 0.5.0 answered, shortened. */
    private static final String ANSWER = """
            {"index":0,"content":" and unseemly.\\n\\n","tokens":[],"id_slot":0,"stop":true,"tokens_predicted":8,"tokens_evaluated":5,
            "generation_settings":{"seed":42,"n_predict":8,"ignore_eos":true,"logit_bias":[{"bias":null,"token":0}]},"truncated":false,
            "stop_type":"limit","stopping_word":"","tokens_cached":12,"timings":{"cache_n":3,"prompt_n":5,"prompt_ms":77.287,
            "prompt_per_token_ms":15.457400000000002,"prompt_per_second":64.69393300296298,"predicted_n":8,"predicted_ms":110.355,
            "predicted_per_token_ms":13.794375,"predicted_per_second":72.49331702233700}}""";

    @Test
    void readsWhatTheServerSaysOfItself() {
        assertThat(ServerTimings.of(ANSWER)).isEqualTo(new ServerTimings(3, 5, 77.287, 8, 110.355));
    }

    @Test
    void printsMediansOfTheRequests() {
        var figures = ServerTimings.figures(
                "model",
                List.of(
                        new ServerTimings(0, 40, 100, 8, 200),
                        new ServerTimings(0, 50, 300, 8, 100),
                        new ServerTimings(9, 60, 200, 8, 400)));

        assertThat(figures).extracting(Figure::value).containsExactly(50.0, 0.0, 200.0, 40.0);
    }

    @Test
    void saysThatAnAnswerHasNone() {
        assertThatIllegalStateException()
                .isThrownBy(() -> ServerTimings.of("{\"content\":\"\"}"))
                .withMessageContaining("no timings");
    }
}
