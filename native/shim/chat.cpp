// Chat templates and their parsers live in llama.cpp's C++ library `common`; they cross into Java as JSON text.
#include "guard.h"
#include "live.h"

#include "chat.h"
#include "common.h"
#include "json.h"
#include "json-schema-to-grammar.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

using namespace qwen4j;

struct qwen4j_chat {
    common_chat_templates_ptr templates;

    qwen4j_chat() { live.chats++; }
    ~qwen4j_chat() { live.chats--; }
    qwen4j_chat(const qwen4j_chat &) = delete;
    qwen4j_chat & operator=(const qwen4j_chat &) = delete;
};

namespace {

char * copy_of(const std::string & text) {
    char * copy = static_cast<char *>(malloc(text.size() + 1));
    if (!copy) {
        throw std::bad_alloc();
    }
    memcpy(copy, text.c_str(), text.size() + 1);
    return copy;
}

char * text_of(const common_json & json) {
    return copy_of(json.dump_safe());
}

common_chat_templates_inputs inputs_of(const common_json & request, const common_chat_templates * templates) {
    common_chat_templates_inputs inputs;
    inputs.messages = common_chat_msgs_parse_oaicompat(request.at("messages"));
    if (request.contains("tools")) {
        inputs.tools = common_chat_tools_parse_oaicompat(request.at("tools"));
    }
    inputs.tool_choice           = common_chat_tool_choice_parse_oaicompat(request.value("tool_choice", std::string("auto")));
    inputs.parallel_tool_calls   = request.value("parallel_tool_calls",
          common_chat_templates_get_caps(templates)["supports_parallel_tool_calls"]);
    inputs.add_generation_prompt = request.value("add_generation_prompt", true);
    inputs.reasoning_format      = common_reasoning_format_from_name(request.value("reasoning_format", std::string("auto")));
    inputs.grammar               = request.value("grammar", std::string());
    if (request.contains("json_schema")) {
        inputs.json_schema = request.at("json_schema").dump();
    }
    if (request.contains("chat_template_kwargs")) {
        for (const auto & item : request.at("chat_template_kwargs").items()) {
            inputs.chat_template_kwargs[item.key()] = item.value().dump();
        }
    }
    if (request.contains("enable_thinking")) {
        inputs.enable_thinking = request.at("enable_thinking").get<bool>();
        // Some templates read the argument, llama.cpp's own code reads the input: they must say the same.
        inputs.chat_template_kwargs["enable_thinking"] = inputs.enable_thinking ? "true" : "false";
    }
    if (request.contains("now")) {
        inputs.now = std::chrono::system_clock::time_point(std::chrono::seconds(request.at("now").get<int64_t>()));
    }
    return inputs;
}

common_json json_of(const common_chat_params & params) {
    common_json triggers = common_json::array();
    for (const common_grammar_trigger & trigger : params.grammar_triggers) {
        triggers.push_back({ { "type", (int) trigger.type }, { "value", trigger.value }, { "token", trigger.token } });
    }
    return common_json{
        { "prompt", params.prompt },
        { "generation_prompt", params.generation_prompt },
        { "format", (int) params.format },
        { "parser", params.parser },
        { "grammar", params.grammar },
        { "grammar_lazy", params.grammar_lazy },
        { "grammar_triggers", triggers },
        { "preserved_tokens", params.preserved_tokens },
        { "additional_stops", params.additional_stops },
        { "supports_thinking", params.supports_thinking },
        { "thinking_start_tag", params.thinking_start_tag },
        { "thinking_end_tags", params.thinking_end_tags },
    };
}

common_chat_parser_params parser_params_of(const common_json & request) {
    common_chat_parser_params params;
    const int                 format = request.value("format", (int) COMMON_CHAT_FORMAT_CONTENT_ONLY);
    if (format < 0 || format >= COMMON_CHAT_FORMAT_COUNT) {
        throw std::invalid_argument("unknown chat format " + std::to_string(format));
    }
    params.format            = (common_chat_format) format;
    params.reasoning_format  = common_reasoning_format_from_name(request.value("reasoning_format", std::string("auto")));
    params.generation_prompt = request.value("generation_prompt", std::string());
    params.parse_tool_calls  = request.value("parse_tool_calls", true);
    const std::string parser = request.value("parser", std::string());
    if (!parser.empty()) {
        params.parser.load(parser);
    }
    return params;
}

}  // namespace

struct qwen4j_chat * qwen4j_chat_new(struct qwen4j_error * error, const struct llama_model * model, const char * source) {
    return guarded(error, [&] {
        const char * text = source ? source : llama_model_chat_template(model, nullptr);
        if (text) {
            // common_chat_templates_init rethrows a copy of the base class, which has lost the reason.
            common_chat_template parsed(text, "", "");
        }
        std::unique_ptr<qwen4j_chat> chat(new qwen4j_chat());
        chat->templates = common_chat_templates_init(model, source ? source : "");
        return chat.release();
    });
}

void qwen4j_chat_free(struct qwen4j_error * error, struct qwen4j_chat * chat) {
    guarded(error, [&] { delete chat; });
}

char * qwen4j_chat_apply(struct qwen4j_error * error, const struct qwen4j_chat * chat, const char * request) {
    return guarded(error, [&] {
        const common_json json = common_json::parse(request);
        return text_of(json_of(common_chat_templates_apply(chat->templates.get(), inputs_of(json, chat->templates.get()))));
    });
}

char * qwen4j_chat_parse(struct qwen4j_error * error, const char * request) {
    return guarded(error, [&] {
        const common_json json = common_json::parse(request);
        return text_of(
            common_chat_parse(json.at("text").get<std::string>(), json.value("partial", false), parser_params_of(json)).to_json_oaicompat());
    });
}

char * qwen4j_schema_grammar(struct qwen4j_error * error, const char * schema) {
    return guarded(error, [&] { return copy_of(json_schema_to_grammar(common_json::parse(schema), true)); });
}

void qwen4j_text_free(char * text) {
    free(text);
}
