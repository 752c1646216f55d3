// The C ABI between Java and what llama.cpp offers only in C++, and the guard.
//
// llama.cpp ends the process when an assert fails, and lets C++ exceptions leave its C functions. A function declared here does neither: it catches
// both, writes what happened to *error, and returns null or a negative number. Rules for all of them:
//   - error is never null, and its status is written by every call
//   - structs travel by pointer
//   - text is UTF-8; what is returned as char * is freed with qwen4j_text_free
//   - a handle is used by one thread at a time, except where it says otherwise
//   - what frees a handle takes null too, and does nothing
#ifndef QWEN4J_H
#define QWEN4J_H

#include "llama.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef QWEN4J_BUILD
#    define QWEN4J_API __attribute__((visibility("default")))
#else
#    define QWEN4J_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

// ---- Errors ----------------------------------------------------------------------------------------------------------------------------------

enum qwen4j_status {
    QWEN4J_STATUS_OK        = 0,
    QWEN4J_STATUS_ASSERTION = 1, // a GGML_ASSERT failed on the calling thread; message is "file:line: text"
    QWEN4J_STATUS_EXCEPTION = 2, // a C++ exception; message is its what()
    QWEN4J_STATUS_FAILED    = 3, // llama.cpp returned null or an error code; log says why where it logged
    QWEN4J_STATUS_BROKEN    = 4, // the handle is unusable since an earlier failure
    QWEN4J_STATUS_EXITING   = 5, // the process is ending; the call was not made
    QWEN4J_STATUS_FILE_CHANGED = 6, // a file that the model has mapped is not what it was; message says how
};

#define QWEN4J_MESSAGE_SIZE 1024
#define QWEN4J_LOG_SIZE 3072

struct qwen4j_error {
    int32_t status;                    // enum qwen4j_status
    int32_t code;                      // what llama.cpp returned, where it returned a code
    char    message[QWEN4J_MESSAGE_SIZE];
    char    log[QWEN4J_LOG_SIZE];      // the last warnings and errors logged by this thread during this call
};

// ---- Start and end of a process --------------------------------------------------------------------------------------------------------------

// Loads the backends lying in folder by their full paths, takes over logging and asserts, and initialises llama.cpp.
// Once per process: later calls, from other class loaders too, return what the first returned. Nothing is searched in the working directory;
// $GGML_BACKEND_PATH counts only if allow_backend_path is not 0. Returns 0, or -1 with a text in error_text.
QWEN4J_API int32_t qwen4j_init(const char * folder, int32_t allow_backend_path, char * error_text, int32_t error_size);

// How many objects of each kind live in this process: made, and not freed.
struct qwen4j_live {
    int32_t models;
    int32_t contexts;
    int32_t samplers;
    int32_t chats;
    int32_t threadpools; // contexts' own ones, too
};

QWEN4J_API void qwen4j_count_live(struct qwen4j_live * out);

// ---- Log -------------------------------------------------------------------------------------------------------------------------------------

#define QWEN4J_LOG_TEXT_SIZE 2032

struct qwen4j_log_entry {
    int32_t level;   // enum ggml_log_level, never CONT
    int32_t length;  // bytes of text
    int64_t dropped; // entries lost before this one since the last take, because the queue was full
    char    text[QWEN4J_LOG_TEXT_SIZE];
};

// The number of entries waiting. The address is valid for ever; reading it costs nothing, so that callers need not ask.
QWEN4J_API const int32_t * qwen4j_log_pending(void);

// Moves the oldest entry to *out and returns 1, or returns 0. Any thread.
QWEN4J_API int32_t qwen4j_log_take(struct qwen4j_log_entry * out);

// Entries below this level are not queued. The lowest level asked for by anyone in the process wins. Any thread.
QWEN4J_API void qwen4j_log_level(int32_t level);

// ---- Model -----------------------------------------------------------------------------------------------------------------------------------

// One file, whose name leads to its other parts where it is the first of several, or all of them in their order.
QWEN4J_API struct llama_model * qwen4j_model_load(struct qwen4j_error * error, const char ** paths, int32_t n_paths,
    const struct llama_model_params * params);
QWEN4J_API void qwen4j_model_free(struct qwen4j_error * error, struct llama_model * model);

// Fails with QWEN4J_STATUS_FILE_CHANGED where a mapped file was shortened or changed since the model was loaded. Any thread.
QWEN4J_API void qwen4j_model_check_files(struct qwen4j_error * error, const struct llama_model * model);

// A line for each tensor: its name, type, bytes, and dimensions, separated by tabs. Any thread.
QWEN4J_API char * qwen4j_model_tensors(struct qwen4j_error * error, const struct llama_model * model);

// Whether weights are kept in an order of the CPU's own, from which they cannot be read back. Any thread.
QWEN4J_API bool qwen4j_model_is_reordered(struct qwen4j_error * error, const struct llama_model * model);

// As llama_model_save_to_file, and with the metadata of the file at metadata_path that it leaves out, such as the chat template. The last bytes may be
// missing without an error: who calls it looks at the file. Refuses reordered weights. Any thread.
QWEN4J_API void qwen4j_model_save(struct qwen4j_error * error, const struct llama_model * model, const char * metadata_path, const char * path);

// Whether a pattern for llama_model_tensor_buft_override is a regular expression to C++; told by error->status.
QWEN4J_API void qwen4j_tensor_pattern_check(struct qwen4j_error * error, const char * pattern);

// The buffer type of that name, such as "CPU" or "CUDA0"; lives for ever.
QWEN4J_API ggml_backend_buffer_type_t qwen4j_buffer_type(struct qwen4j_error * error, const char * name);

// ---- Memory ----------------------------------------------------------------------------------------------------------------------------------

struct qwen4j_memory {
    char    device[128]; // its name
    bool    host;        // it is the process's own memory
    bool    mappable;    // a mapped file serves as model where it can
    int64_t model;       // bytes of weights
    int64_t context;     // bytes of caches and states
    int64_t compute;     // bytes of temporary buffers
};

// What a model and a context of it would take, a line for each kind of memory: how many lines there are. Nothing is allocated but the bookkeeping of
// the cache's cells.
QWEN4J_API int32_t qwen4j_memory_needed(struct qwen4j_error * error, const char ** paths, int32_t n_paths,
    const struct llama_model_params * model_params, const struct llama_context_params * context_params, const char * architecture, int32_t n_vocab,
    struct qwen4j_memory * out, int32_t capacity);

// ---- Devices ---------------------------------------------------------------------------------------------------------------------------------

struct qwen4j_device {
    char    name[128];
    char    description[256];
    char    id[64];          // empty where it has none
    char    backend[64];
    char    buffer_type[64]; // empty where it has none
    int32_t type;            // enum ggml_backend_dev_type
    int64_t memory_free;
    int64_t memory_total;
    bool    async;
    bool    host_buffer;
    bool    buffer_from_host_ptr;
    bool    events;
    bool    mmap_support;
};

// How many there are, as far as they have room.
QWEN4J_API int32_t qwen4j_devices(struct qwen4j_error * error, struct qwen4j_device * out, int32_t capacity);

// A line for each feature of a backend: backend, name, value, separated by tabs.
QWEN4J_API char * qwen4j_features(struct qwen4j_error * error);

// A line for each backend that was there and is not used: path and reason, separated by a tab.
QWEN4J_API char * qwen4j_rejected_backends(struct qwen4j_error * error);

// As llama_print_system_info.
QWEN4J_API char * qwen4j_system_info(struct qwen4j_error * error);

// As llama_numa_init, once: false, and nothing done, if it was called before. strategy is an enum ggml_numa_strategy.
QWEN4J_API bool qwen4j_numa_init(struct qwen4j_error * error, int32_t strategy);

// ---- Tokenizer: any number of threads at once ------------------------------------------------------------------------------------------------

// As llama_tokenize: the number of tokens, or minus the number needed. A failure is told by error->status alone.
QWEN4J_API int32_t qwen4j_tokenize(struct qwen4j_error * error, const struct llama_vocab * vocab, const char * text, int32_t text_len,
    int32_t * tokens, int32_t n_tokens_max, bool add_special, bool parse_special);

// As llama_vocab_is_control, which indexes without a check, and asserts where a model has no vocabulary.
QWEN4J_API bool qwen4j_token_is_control(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t token);

// As llama_vocab_get_text (borrowed, lives as long as the vocabulary) and llama_vocab_get_score, which throw for an unknown id.
QWEN4J_API const char * qwen4j_token_text(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t token);
QWEN4J_API float qwen4j_token_score(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t token);

// As llama_vocab_get_attr for each token of the vocabulary, to attributes, which has room for all: bits of enum llama_token_attr.
QWEN4J_API void qwen4j_token_attributes(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t * attributes);

// As llama_token_to_piece and llama_detokenize.
QWEN4J_API int32_t qwen4j_token_to_piece(struct qwen4j_error * error, const struct llama_vocab * vocab, int32_t token, char * buf,
    int32_t length, int32_t lstrip, bool special);
QWEN4J_API int32_t qwen4j_detokenize(struct qwen4j_error * error, const struct llama_vocab * vocab, const int32_t * tokens, int32_t n_tokens,
    char * text, int32_t text_len_max, bool remove_special, bool unparse_special);

// ---- Threads of computation --------------------------------------------------------------------------------------------------------------------

struct ggml_threadpool;

#define QWEN4J_MAX_CPUS 512

struct qwen4j_threadpool_params {
    int32_t n_threads;
    int32_t priority;              // enum ggml_sched_priority
    int32_t poll;                  // 0 (sleep between graphs) to 100 (spin)
    bool    strict_cpu;            // one CPU a thread
    bool    cpus[QWEN4J_MAX_CPUS]; // where they may run; none set: anywhere
};

// For one graph at a time.
QWEN4J_API struct ggml_threadpool * qwen4j_threadpool_new(struct qwen4j_error * error, const struct qwen4j_threadpool_params * params);
QWEN4J_API void qwen4j_threadpool_free(struct qwen4j_error * error, struct ggml_threadpool * pool);

// ---- Context ---------------------------------------------------------------------------------------------------------------------------------

struct qwen4j_context;

// A node of a graph that is being computed.
struct qwen4j_node {
    const char * name;
    const char * operation;
    int32_t      type;     // enum ggml_type
    int32_t      is_computed;
    int64_t      shape[4]; // innermost dimension first
    int64_t      bytes;
    const void * data;     // null before it is computed; the callback's, until it returns
};

// Before a node is computed: whether its values are wanted. After: whether to go on. Called on the thread that decodes.
typedef bool (*qwen4j_eval_callback)(const struct qwen4j_node * node);

// A llama_context with its own threadpools and a way to cancel. params->abort_callback and cb_eval are ours and are overwritten. eval may be null.
QWEN4J_API struct qwen4j_context * qwen4j_context_new(struct qwen4j_error * error, struct llama_model * model,
    const struct llama_context_params * params, qwen4j_eval_callback eval);
QWEN4J_API void qwen4j_context_free(struct qwen4j_error * error, struct qwen4j_context * context);

// The context for llama.h's getters. Borrowed.
QWEN4J_API struct llama_context * qwen4j_context_llama(const struct qwen4j_context * context);

// Not 0 makes a running decode return 2 after the current graph node, and every later one at once. Written by any thread, atomically.
QWEN4J_API int32_t * qwen4j_context_cancel(struct qwen4j_context * context);

// 1 after a failure that left the context unusable (an assert in the middle of a graph): it can be freed and nothing else.
QWEN4J_API int32_t qwen4j_context_broken(const struct qwen4j_context * context);

// As llama_decode: 0, 1 (no room), 2 (cancelled), or 3 (the eval callback said stop). Anything else is a failure, told by error->status, and returns
// a negative number.
QWEN4J_API int32_t qwen4j_decode(struct qwen4j_error * error, struct qwen4j_context * context, const struct llama_batch * batch);

// As llama_encode, with the results of qwen4j_decode. The model must have an encoder, or the context no memory.
QWEN4J_API int32_t qwen4j_encode(struct qwen4j_error * error, struct qwen4j_context * context, const struct llama_batch * batch);

// The n_vocab logits of the i-th token of the last batch, or null. Valid until the next decode.
QWEN4J_API const float * qwen4j_logits(struct qwen4j_error * error, struct qwen4j_context * context, int32_t i);

// The embedding (llama_model_n_embd_out numbers) of the i-th token of the last batch, or null. Valid until the next decode.
QWEN4J_API const float * qwen4j_embedding(struct qwen4j_error * error, struct qwen4j_context * context, int32_t i);

// The pooled embedding of a sequence of the last batch (llama_model_n_cls_out numbers where the pooling is RANK), or null. Valid until the next decode.
QWEN4J_API const float * qwen4j_pooled_embedding(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence);

// Computes on so many threads of its own from now on.
QWEN4J_API void qwen4j_context_set_threads(struct qwen4j_error * error, struct qwen4j_context * context, int32_t n_threads, int32_t n_threads_batch);

// Computes on these pools with so many threads from now on; they must outlive the context, or another call of this or of set_threads.
QWEN4J_API void qwen4j_context_attach(struct qwen4j_error * error, struct qwen4j_context * context, struct ggml_threadpool * pool,
    int32_t n_threads, struct ggml_threadpool * pool_batch, int32_t n_threads_batch);

// ---- Memory of a context (KV cache, recurrent state); sequences and ranges as in llama.h -------------------------------------------------------

// Forgets all tokens.
QWEN4J_API void qwen4j_memory_clear(struct qwen4j_error * error, struct qwen4j_context * context);

// Removes positions p0 to p1 - 1 of a sequence (p1 -1: to its end). Returns false where the memory cannot do that.
QWEN4J_API bool qwen4j_memory_remove(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence, int32_t p0, int32_t p1);
QWEN4J_API void qwen4j_memory_copy(struct qwen4j_error * error, struct qwen4j_context * context, int32_t from, int32_t to, int32_t p0, int32_t p1);

// Forgets all other sequences, those in other streams too.
QWEN4J_API void qwen4j_memory_keep(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence);
QWEN4J_API void qwen4j_memory_shift(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence, int32_t p0, int32_t p1,
    int32_t delta);
QWEN4J_API void qwen4j_memory_divide(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence, int32_t p0, int32_t p1,
    int32_t divisor);

// ---- State of a sequence, or with sequence -1 of all of them; flags as in llama.h --------------------------------------------------------------

// The bytes that qwen4j_state_get writes, or -1.
QWEN4J_API int64_t qwen4j_state_size(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence, uint32_t flags);

// Writes it to memory of exactly that size. On the device, that is what describes it, and the state itself replaces the sequence's last one there.
QWEN4J_API int64_t qwen4j_state_get(struct qwen4j_error * error, struct qwen4j_context * context, uint8_t * to, int64_t size, int32_t sequence,
    uint32_t flags);

// Replaces what the sequence holds. If it fails, the sequence is empty. What comes from the device must be the last that was saved of its sequence,
// of the same size, and find room: llama.cpp asserts in a destructor otherwise.
QWEN4J_API int64_t qwen4j_state_set(struct qwen4j_error * error, struct qwen4j_context * context, const uint8_t * from, int64_t size,
    int32_t sequence, uint32_t flags);

// ---- Sampler ---------------------------------------------------------------------------------------------------------------------------------

struct qwen4j_sampler;

enum qwen4j_sampler_kind {
    QWEN4J_SAMPLER_GREEDY       = 0,
    QWEN4J_SAMPLER_DIST         = 1,  // seed
    QWEN4J_SAMPLER_TOP_K        = 2,  // n = k
    QWEN4J_SAMPLER_TOP_P        = 3,  // a = p, n = min_keep
    QWEN4J_SAMPLER_MIN_P        = 4,  // a = p, n = min_keep
    QWEN4J_SAMPLER_TEMPERATURE  = 5,  // a = t
    QWEN4J_SAMPLER_PENALTIES    = 6,  // n = last_n, a = repeat, b = frequency, c = presence
    QWEN4J_SAMPLER_TYPICAL      = 7,  // a = p, n = min_keep
    QWEN4J_SAMPLER_TEMP_EXT     = 8,  // a = t, b = delta, c = exponent
    QWEN4J_SAMPLER_XTC          = 9,  // a = p, b = threshold, n = min_keep, seed
    QWEN4J_SAMPLER_TOP_N_SIGMA  = 10, // a = n
    QWEN4J_SAMPLER_MIROSTAT     = 11, // seed, a = tau, b = eta, n = m
    QWEN4J_SAMPLER_MIROSTAT_V2  = 12, // seed, a = tau, b = eta
    QWEN4J_SAMPLER_ADAPTIVE_P   = 13, // a = target, b = decay, seed
    QWEN4J_SAMPLER_DRY          = 14, // a = multiplier, b = base, m = allowed_length, n = last_n, texts = breakers
    QWEN4J_SAMPLER_LOGIT_BIAS   = 15, // biases
    QWEN4J_SAMPLER_INFILL       = 16,
    QWEN4J_SAMPLER_GRAMMAR      = 17, // text = GBNF, name = root
    QWEN4J_SAMPLER_LAZY_GRAMMAR = 18, // text = GBNF, name = root, texts = patterns, tokens
    QWEN4J_SAMPLER_CUSTOM       = 19, // name, custom
};

// Why a token was not chosen or taken: error->code where status is FAILED.
enum qwen4j_sampling_failure {
    QWEN4J_SAMPLING_OTHER        = 0,
    QWEN4J_SAMPLING_NO_LOGITS    = 1,
    QWEN4J_SAMPLING_NOT_A_NUMBER = 2, // logits or probabilities are NaN
    QWEN4J_SAMPLING_NO_CANDIDATE = 3, // what was selected is banned, as all others are; or there is none
    QWEN4J_SAMPLING_NO_SELECTION = 4, // no stage selected
    QWEN4J_SAMPLING_REFUSED      = 5, // a grammar does not allow the token; nothing was changed
    QWEN4J_SAMPLING_CUSTOM       = 6, // a function of a custom sampler returned not 0
    QWEN4J_SAMPLING_PATTERN      = 7, // a trigger pattern is no regular expression
};

struct qwen4j_logit_bias {
    int32_t token;
    float   bias; // -infinity bans
};

// A sampler of the caller's own. Its functions return 0, or not 0 if they failed. They live as long as the sampler, and are called by the thread that
// uses it. What apply leaves must be candidates of the vocabulary, no more than there were, with no NaN among them.
struct qwen4j_custom_sampler {
    int32_t (*apply)(struct llama_token_data_array * candidates);
    int32_t (*accept)(int32_t token);
    int32_t (*reset)(void);
};

struct qwen4j_sampler_stage {
    int32_t                          kind; // enum qwen4j_sampler_kind
    int32_t                          n;
    int32_t                          m;
    uint32_t                         seed;
    float                            a;
    float                            b;
    float                            c;
    int32_t                          n_biases;
    const struct qwen4j_logit_bias * biases;
    const char *                     text;
    const char *                     name;
    const char **                    texts;
    int32_t                          n_texts;
    int32_t                          n_tokens;
    const int32_t *                  tokens;
    struct qwen4j_custom_sampler     custom;
};

// A chain of the stages in their order. All or nothing.
QWEN4J_API struct qwen4j_sampler * qwen4j_sampler_new(struct qwen4j_error * error, const struct llama_vocab * vocab,
    const struct qwen4j_sampler_stage * stages, int32_t n_stages);
QWEN4J_API void qwen4j_sampler_free(struct qwen4j_error * error, struct qwen4j_sampler * sampler);

// The chain, for llama.h's getters. Borrowed.
QWEN4J_API struct llama_sampler * qwen4j_sampler_llama(const struct qwen4j_sampler * sampler);

// As llama_set_sampler: the context applies the first stages to that sequence's logits where it computes them, as far as its device can, and
// qwen4j_sample goes on from there. Until it is detached from the context (before the next decode, if it is freed) and then by itself.
QWEN4J_API void qwen4j_sampler_attach(struct qwen4j_error * error, struct qwen4j_sampler * sampler, struct qwen4j_context * context,
    int32_t sequence);
QWEN4J_API void qwen4j_context_detach_sampler(struct qwen4j_error * error, struct qwen4j_context * context, int32_t sequence);
QWEN4J_API void qwen4j_sampler_detach(struct qwen4j_error * error, struct qwen4j_sampler * sampler);

// Samples from the logits of the i-th token of the context's last batch, or from what the device left of them, and accepts the result: the token, or
// -1. Greedy alone looks at the logits where they are, with llama.cpp's result.
QWEN4J_API int32_t qwen4j_sample(struct qwen4j_error * error, struct qwen4j_sampler * sampler, struct qwen4j_context * context, int32_t i);

// Runs the chain on the caller's candidates, and accepts nothing. data may point into the middle of what was passed afterwards.
QWEN4J_API void qwen4j_sampler_apply(struct qwen4j_error * error, struct qwen4j_sampler * sampler, struct llama_token_data_array * candidates);

// Has all stages accept a token that they did not choose; grammars only if it is generated, and not part of a prompt.
QWEN4J_API void qwen4j_sampler_accept(struct qwen4j_error * error, struct qwen4j_sampler * sampler, int32_t token, bool generated);
QWEN4J_API void qwen4j_sampler_reset(struct qwen4j_error * error, struct qwen4j_sampler * sampler);

// A sampler in the same state; its custom samplers are the ones given, in the order of the stages.
QWEN4J_API struct qwen4j_sampler * qwen4j_sampler_copy(struct qwen4j_error * error, const struct qwen4j_sampler * sampler,
    const struct qwen4j_custom_sampler * customs, int32_t n_customs);

// Removes and frees the stage at a place.
QWEN4J_API void qwen4j_sampler_remove(struct qwen4j_error * error, struct qwen4j_sampler * sampler, int32_t i);

// How many bytes lazy grammars have heard that still wait: std::regex may recurse for each of them at the next accept. -1 if none waits.
QWEN4J_API int64_t qwen4j_sampler_heard(const struct qwen4j_sampler * sampler);

// The microseconds that sampling has taken, and how many tokens were sampled.
QWEN4J_API int64_t qwen4j_sampler_micros(const struct qwen4j_sampler * sampler);
QWEN4J_API int64_t qwen4j_sampler_count(const struct qwen4j_sampler * sampler);

// The grammar that llama.cpp makes of a JSON schema. Recursive.
QWEN4J_API char * qwen4j_schema_grammar(struct qwen4j_error * error, const char * schema);

// ---- Chat templates --------------------------------------------------------------------------------------------------------------------------

struct qwen4j_chat;

// The model's own templates, or source if it is not null. Must be freed before the model; apply may be called by many threads at once.
QWEN4J_API struct qwen4j_chat * qwen4j_chat_new(struct qwen4j_error * error, const struct llama_model * model, const char * source);
QWEN4J_API void qwen4j_chat_free(struct qwen4j_error * error, struct qwen4j_chat * chat);

// request: {"messages":[…], "tools":[…], "tool_choice":…, "parallel_tool_calls":bool, "add_generation_prompt":bool, "enable_thinking":bool,
//   "json_schema":{…}, "grammar":"…", "reasoning_format":"…", "chat_template_kwargs":{…}, "now":seconds}, messages and tools as OpenAI's.
// Returns {"prompt":…, "generation_prompt":…, "format":…, "parser":…, "grammar":…, "grammar_lazy":…, "grammar_triggers":[…],
//   "preserved_tokens":[…], "additional_stops":[…], "supports_thinking":bool, "thinking_start_tag":…, "thinking_end_tags":[…]}.
QWEN4J_API char * qwen4j_chat_apply(struct qwen4j_error * error, const struct qwen4j_chat * chat, const char * request);

// request: {"text":…, "partial":bool, "parse_tool_calls":bool, "reasoning_format":"…", and from what apply returned: "format", "parser",
//   "generation_prompt"}. Returns the message as OpenAI's: {"role":"assistant", "content":…, "reasoning_content":…, "tool_calls":[…]}.
QWEN4J_API char * qwen4j_chat_parse(struct qwen4j_error * error, const char * request);

QWEN4J_API void qwen4j_text_free(char * text);

#ifdef __cplusplus
}
#endif

#endif
