package dev.qwen4j.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.qwen4j.ChatRequest;
import dev.qwen4j.ChatTemplateException;
import dev.qwen4j.Model;
import dev.qwen4j.guard.AlteredNano;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    @TempDir
    private Path folder;

    private Model model;

    @BeforeEach
    void load() {
        model = Model.load(Nano.file());
    }

    @AfterEach
    void close() {
        model.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if %}",
                "{% for x in %}",
                "{{ ",
                "{% endif %}",
                "{{ (1 }}",
                "{% if messages %}x",
                "{{ 'a }}",
                "{% set = 3 %}"
            })
    void refusesATemplateThatDoesNotParse(String jinja) {
        assertThatThrownBy(() -> model.chatTemplate(jinja))
                .isInstanceOf(ChatTemplateException.class)
                .hasMessageStartingWith("The chat template does not parse.");
        renders();
    }

    @Test
    void namesTheFileWhoseTemplateDoesNotParse() throws IOException {
        var file = new AlteredNano().template("{% if %}").write(folder.resolve("broken.gguf"));
        try (var broken = Model.load(file)) {
            assertThatThrownBy(broken::chatTemplate)
                    .isInstanceOf(ChatTemplateException.class)
                    .hasMessageStartingWith("The chat template of " + file + " does not parse.");
            broken.newContext().decode(1);
        }
    }

    @Test
    void tellsWhatATemplateRaises() {
        var jinja = "{% if messages[0].content == 'no' %}{{ raise_exception('not like this') }}{% endif %}yes";
        try (var template = model.chatTemplate(jinja)) {
            assertThat(template.render(ChatRequest.user("Hello")).text()).isEqualTo("yes");
            assertThatThrownBy(() -> template.render(ChatRequest.user("no")))
                    .isInstanceOf(ChatTemplateException.class)
                    .hasMessageContaining("Jinja Exception: not like this");
        }
        renders();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{\"messages\":3}",
                "{\"messages\":[{\"role\":3}]}",
                "{\"messages\":[],\"tools\":3}",
                "{\"messages\":[],\"now\":\"today\"}",
                "{\"messages\":[],\"json_schema\":{\"$ref\":\"#/none\"}}",
                "{\"messages\":[],\"reasoning_format\":\"none such\"}"
            })
    void refusesWrongRequests(String request) {
        assertThatThrownBy(() -> model.chatTemplate().render(request)).isInstanceOf(ChatTemplateException.class);
        renders();
    }

    @Test
    void refusesARequestThatIsNestedTooDeeply() {
        var nested = "[".repeat(10_000) + "]".repeat(10_000);

        assertThatThrownBy(() -> model.chatTemplate().render("{\"messages\":[],\"tools\":" + nested + "}"))
                .isInstanceOf(ChatTemplateException.class);
        renders();
    }

    private void renders() {
        assertThat(model.chatTemplate().render(ChatRequest.user("Hello")).text())
                .contains("Hello");
    }
}
