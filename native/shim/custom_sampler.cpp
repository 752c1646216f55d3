// A llama_sampler whose work is done by the caller's functions.
#include "sampler.h"

#include <stdexcept>
#include <string>

using namespace qwen4j;

namespace {

struct Custom {
    std::string           name;
    qwen4j_custom_sampler functions;
};

Custom * custom(const llama_sampler * sampler) {
    return static_cast<Custom *>(sampler->ctx);
}

void check(int32_t failed) {
    if (failed) {
        throw CustomFailure{};
    }
}

llama_sampler_i interface() {
    llama_sampler_i i{};
    i.name   = [](const llama_sampler * sampler) { return custom(sampler)->name.c_str(); };
    i.accept = [](llama_sampler * sampler, llama_token token) { check(custom(sampler)->functions.accept(token)); };
    i.apply  = [](llama_sampler * sampler, llama_token_data_array * candidates) { check(custom(sampler)->functions.apply(candidates)); };
    i.reset  = [](llama_sampler * sampler) { check(custom(sampler)->functions.reset()); };
    // The copy's functions are the caller's to give: qwen4j_sampler_copy.
    i.clone  = [](const llama_sampler *) -> llama_sampler * { throw std::logic_error("a custom sampler is not copied by llama.cpp"); };
    i.free   = [](llama_sampler * sampler) { delete custom(sampler); };
    return i;
}

}  // namespace

llama_sampler * qwen4j::new_custom(const char * name, const qwen4j_custom_sampler & functions) {
    static llama_sampler_i functions_of_all = interface();
    return llama_sampler_init(&functions_of_all, new Custom{ name, functions });
}
