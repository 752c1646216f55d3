package dev.qwen4j.guard;

import static dev.qwen4j.bindings.generated.LlamaCpp.GGML_TYPE_Q8_0;
import static dev.qwen4j.bindings.generated.LlamaCpp.LLAMA_ATTENTION_TYPE_NON_CAUSAL;
import static dev.qwen4j.bindings.generated.LlamaCpp.LLAMA_FLASH_ATTN_TYPE_DISABLED;
import static dev.qwen4j.bindings.generated.LlamaCpp.QWEN4J_SAMPLER_GREEDY;
import static dev.qwen4j.bindings.generated.LlamaCpp.QWEN4J_SAMPLER_TEMPERATURE;
import static dev.qwen4j.bindings.generated.LlamaCpp.QWEN4J_SAMPLER_TYPICAL;
import static dev.qwen4j.bindings.generated.LlamaCpp.QWEN4J_STATUS_ASSERTION;
import static dev.qwen4j.bindings.generated.LlamaCpp.QWEN4J_STATUS_EXCEPTION;
import static dev.qwen4j.bindings.generated.LlamaCpp.QWEN4J_STATUS_FAILED;

import dev.qwen4j.bindings.generated.LlamaCpp;
import dev.qwen4j.bindings.generated.llama_batch;
import dev.qwen4j.bindings.generated.llama_context_params;
import dev.qwen4j.bindings.generated.llama_token_data_array;
import dev.qwen4j.nano.Nano;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All that is known to be refused and can be reached through the shim. Java's own checks come before most of it. */
final class Refusals {
    private static final int UNKNOWN_TOKEN = 1 << 20;
    private static final int REMOVED_TYPE = 4;

    private final List<Refusal> all = new ArrayList<>();

    private Refusals() {
        load();
        contexts();
        batches();
        logitsAndSamplers();
        vocabulary();
        templates();
        // Last: a thread that waits at a barrier for ever keeps a core busy.
        brokenContexts();
    }

    static List<Refusal> all() {
        return new Refusals().all;
    }

    private void load() {
        failed("load a file that is not there", "No such file", s -> s.load(s.folder.resolve("none.gguf")));
        failed(
                "load an empty file",
                "failed to read magic",
                s -> s.load(Files.write(s.folder.resolve("empty"), new byte[0])));
        failed(
                "load a text",
                "invalid magic characters",
                s -> s.load(Files.writeString(s.folder.resolve("text"), "Hello, world")));
        failed("load a folder", "failed to", s -> s.load(s.folder));
        failed("load half a file", "is not within the file bounds", s -> {
            var bytes = new AlteredNano().bytes();
            var half = Arrays.copyOf(bytes, bytes.length / 2);
            return s.load(Files.write(s.folder.resolve("half.gguf"), half));
        });
        failed(
                "load an unknown architecture",
                "unknown model architecture: 'qwenX'",
                s -> s.load(new AlteredNano().text("qwen3", "qwenX").write(s.folder.resolve("unknown.gguf"))));
        asserts(
                "load a vocabulary with one token twice",
                "id_to_token.size() == token_to_id.size()",
                s -> s.load(new AlteredNano().text("ĠParis", "ĠTokyo").write(s.folder.resolve("twice.gguf"))));
        asserts(
                "load a model of 513 layers",
                "LLAMA_MAX_LAYERS",
                s -> s.load(new AlteredNano().number("qwen3.block_count", 513).write(s.folder.resolve("layers.gguf"))));
        asserts(
                "load a model without layers",
                "hparams.n_layer_all > 0",
                s -> s.load(
                        new AlteredNano().number("qwen3.block_count", 0).write(s.folder.resolve("no-layers.gguf"))));
    }

    private void contexts() {
        asserts(
                "a batch smaller than the number of sequences",
                "n_outputs_max <= cparams.n_outputs_max",
                s -> s.context(p -> {
                    llama_context_params.n_seq_max(p, 4);
                    llama_context_params.n_batch(p, 2);
                }));
        asserts(
                "a batch of nothing with micro-batches",
                "n_outputs_max <= cparams.n_outputs_max",
                s -> s.context(p -> {
                    llama_context_params.n_batch(p, 0);
                    llama_context_params.n_ubatch(p, 512);
                }));
        asserts(
                "fewer outputs than sequences",
                "n_outputs_max <= cparams.n_outputs_max",
                s -> s.context(p -> {
                    llama_context_params.n_seq_max(p, 2);
                    llama_context_params.n_outputs_max(p, 1);
                }));
        asserts("quantised keys, no flash attention, rows that no block divides", "ggml_nbytes(view_src)", s -> {
            s.raw.context(s.tinyGpt2(3), p -> {
                llama_context_params.type_k(p, GGML_TYPE_Q8_0());
                llama_context_params.flash_attn_type(p, LLAMA_FLASH_ATTN_TYPE_DISABLED());
            });
            return s.context;
        });
        failed("quantised keys in heads that no block divides", "does not divide n_embd_head_k=16", s -> {
            s.raw.context(s.tinyGpt2(2), p -> llama_context_params.type_k(p, GGML_TYPE_Q8_0()));
            return s.context;
        });
        failed(
                "quantised values without flash attention",
                "quantized V cache requires flash_attn",
                s -> s.context(p -> {
                    llama_context_params.type_v(p, GGML_TYPE_Q8_0());
                    llama_context_params.flash_attn_type(p, LLAMA_FLASH_ATTN_TYPE_DISABLED());
                }));
        failed(
                "no batch",
                "n_batch and n_ubatch cannot both be zero",
                s -> s.context(p -> {
                    llama_context_params.n_batch(p, 0);
                    llama_context_params.n_ubatch(p, 0);
                }));
        failed(
                "257 sequences",
                "n_seq_max must be <= 256",
                s -> s.context(p -> llama_context_params.n_seq_max(p, 257)));
        for (int type : List.of(-1, REMOVED_TYPE, 1000)) {
            failed(
                    "cache type " + type,
                    type + " is not a type",
                    s -> s.context(p -> llama_context_params.type_k(p, type)));
            failed(
                    "cache type " + type + " of values",
                    type + " is not",
                    s -> s.context(p -> llama_context_params.type_v(p, type)));
        }
        for (int threads : List.of(-1, 0, 513)) {
            failed(
                    threads + " threads",
                    threads + " threads",
                    s -> s.context(p -> llama_context_params.n_threads(p, threads)));
            failed(
                    threads + " batch threads",
                    threads + " threads",
                    s -> s.context(p -> llama_context_params.n_threads_batch(p, threads)));
        }
    }

    private void batches() {
        asserts("a batch of less than nothing", "batch.n_tokens > 0", s -> {
            var batch = s.raw.batch(1);
            llama_batch.n_tokens(batch, -1);
            return decode(s, batch);
        });
        asserts("a batch larger than n_batch", "n_tokens_all <= cparams.n_batch", s -> decode(s, s.raw.batchOf(513)));
        asserts("a batch of neither tokens nor embeddings", "batch_inp.token || batch_inp.embd", s -> {
            var batch = s.raw.batch(1);
            llama_batch.token(batch, MemorySegment.NULL);
            return decode(s, batch);
        });
        failed("an empty batch", "n_tokens == 0", s -> decode(s, s.raw.batchOf(0)));
        failed("an unknown token", "invalid token[0] = 1048576", s -> decode(s, s.raw.batch(UNKNOWN_TOKEN)));
        failed("a negative token", "invalid token[0] = -1", s -> decode(s, s.raw.batch(-1)));
        failed("a gap between positions", "positions remain consecutive", s -> decode(s, at(s, 300)));
        asserts("a batch without causality larger than n_ubatch", "non-causal attention requires n_ubatch", s -> {
            var context = s.raw.context(s.model, p -> {
                llama_context_params.attention_type(p, LLAMA_ATTENTION_TYPE_NON_CAUSAL());
                llama_context_params.n_ubatch(p, 8);
            });
            s.raw.succeeded();
            s.raw.decode(context, s.raw.batchOf(9));
            return context;
        });
        asserts("an encoder's batch larger than n_ubatch", "encoder requires n_ubatch", s -> {
            var context = s.raw.context(s.raw.loadVocabularyOnly(Nano.file()), p -> {});
            s.raw.succeeded();
            s.raw.decode(context, s.raw.batchOf(513));
            return context;
        });
    }

    private void logitsAndSamplers() {
        failed("logits that were not asked for", "batch.logits[99] != true", s -> logits(s, 99));
        failed("logits beyond any batch", "out of range", s -> logits(s, 9999));
        failed("logits of a negative index", "corrupt output buffer", s -> logits(s, -99));
        failed(
                "sampling from logits that were not asked for",
                "there are no logits for position 99",
                s -> sample(s, 99, QWEN4J_SAMPLER_GREEDY()));
        failed(
                "a chain that chooses nothing",
                "no stage selected one",
                s -> sample(s, -1, QWEN4J_SAMPLER_TEMPERATURE()));
        failed("an empty chain", "no stage selected one", s -> sample(s, -1));
        asserts("no candidates", "cur_p->size > 0", s -> {
            var empty = llama_token_data_array.allocate(s.raw.arena);
            LlamaCpp.qwen4j_sampler_apply(s.raw.error, s.raw.sampler(s.model, QWEN4J_SAMPLER_TYPICAL()), empty);
            return s.context;
        });
        failed("an unknown stage", "kind 77", s -> {
            s.raw.sampler(s.model, QWEN4J_SAMPLER_GREEDY(), 77);
            return s.context;
        });
    }

    private void vocabulary() {
        for (int token : List.of(-1, UNKNOWN_TOKEN)) {
            throwsException("the text of token " + token, "_M_range_check", s -> piece(s, s.vocabulary, token));
            throwsException("the text of tokens with " + token, "_M_range_check", s -> detokenize(s, 64, 1, token));
            throwsException("the spelling of token " + token, "_M_range_check", s -> {
                LlamaCpp.qwen4j_token_text(s.raw.error, s.vocabulary, token);
                return s.context;
            });
            throwsException("the score of token " + token, "_M_range_check", s -> {
                LlamaCpp.qwen4j_token_score(s.raw.error, s.vocabulary, token);
                return s.context;
            });
            failed(
                    "whether token " + token + " is a control token",
                    "not in the vocabulary",
                    s -> isControl(s, s.vocabulary, token));
        }
        asserts("a buffer of negative length", "avail >= 0", s -> detokenize(s, -1, 1, 2));
        throwsException("a text of negative length", "basic_string", s -> tokenize(s, s.vocabulary, -1));
        asserts(
                "a text for a model without vocabulary",
                "Tokenizer not initialized",
                s -> tokenize(s, noVocabulary(s), 4));
        asserts("the text of a token without vocabulary", "LLAMA_VOCAB_TYPE_NONE", s -> piece(s, noVocabulary(s), 1));
        asserts("the spelling of a token without vocabulary", "LLAMA_VOCAB_TYPE_NONE", s -> {
            LlamaCpp.qwen4j_token_text(s.raw.error, noVocabulary(s), 1);
            return s.context;
        });
        asserts("the score of a token without vocabulary", "LLAMA_VOCAB_TYPE_NONE", s -> {
            LlamaCpp.qwen4j_token_score(s.raw.error, noVocabulary(s), 1);
            return s.context;
        });
        asserts("a control token without vocabulary", "LLAMA_VOCAB_TYPE_NONE", s -> isControl(s, noVocabulary(s), 1));
    }

    private void templates() {
        throwsException("a template that does not parse", "Unexpected token", s -> {
            chat(s, "{% if %}");
            return s.context;
        });
        throwsException(
                "a template that raises",
                "Jinja Exception: not like this",
                s -> apply(s, "{{ raise_exception('not like this') }}", "{\"messages\":[]}"));
        throwsException("a request that is no JSON", "parse error", s -> apply(s, "x", "{"));
        throwsException("a request without messages", "key 'messages' not found", s -> apply(s, "x", "{}"));
        throwsException(
                "a role that is a number", "type must be string", s -> apply(s, "x", "{\"messages\":[{\"role\":1}]}"));
        throwsException(
                "tools that are a number",
                "Expected 'tools' to be an array",
                s -> apply(s, "x", "{\"messages\":[],\"tools\":3}"));
        throwsException(
                "a reply in an unknown format",
                "unknown chat format 99",
                s -> parse(s, "{\"text\":\"x\",\"format\":99}"));
        throwsException("no reply", "key 'text' not found", s -> parse(s, "{}"));
    }

    private void brokenContexts() {
        breaks("more outputs than n_outputs_max", "n_outputs_max <= cparams.n_outputs_max", s -> {
            var context = s.raw.context(s.model, p -> llama_context_params.n_outputs_max(p, 2));
            s.raw.succeeded();
            var batch = s.raw.batchOf(3);
            llama_batch.logits(batch, s.raw.arena.allocateFrom(ValueLayout.JAVA_BYTE, new byte[] {1, 1, 1}));
            s.raw.decode(context, batch);
            return context;
        });
        breaks("decoding with a vocabulary and no model", "n_backends > 0", s -> {
            var context = s.raw.context(s.raw.loadVocabularyOnly(Nano.file()), p -> {});
            s.raw.succeeded();
            s.raw.decode(context, s.raw.batch(1));
            return context;
        });
        for (int threads : List.of(1, 2)) {
            // In the middle of the graph; with two threads the other one waits at a barrier for ever, and the context's
            // memory is given up.
            breaks("a position that was not learned, " + threads + " threads", "i01 >= 0 && i01 < ne01", s -> {
                var context = s.raw.context(s.tinyGpt2(2), p -> {
                    llama_context_params.n_threads(p, threads);
                    llama_context_params.n_threads_batch(p, threads);
                });
                s.raw.succeeded();
                s.raw.decode(context, at(s, 40));
                return context;
            });
        }
    }

    private static MemorySegment decode(Scene s, MemorySegment batch) {
        s.raw.decode(s.context, batch);
        return s.context;
    }

    private static MemorySegment at(Scene s, int position) {
        var batch = s.raw.batch(1);
        llama_batch.pos(batch, s.raw.arena.allocateFrom(ValueLayout.JAVA_INT, position));
        return batch;
    }

    private static MemorySegment logits(Scene s, int index) {
        LlamaCpp.qwen4j_logits(s.raw.error, s.context, index);
        return s.context;
    }

    private static MemorySegment sample(Scene s, int index, int... stages) {
        var sampler = s.raw.sampler(s.model, stages);
        s.raw.succeeded();
        LlamaCpp.qwen4j_sample(s.raw.error, sampler, s.context, index);
        return s.context;
    }

    private static MemorySegment noVocabulary(Scene s) throws IOException {
        return LlamaCpp.llama_model_get_vocab(s.tinyGpt2(2));
    }

    private static MemorySegment isControl(Scene s, MemorySegment vocabulary, int token) {
        LlamaCpp.qwen4j_token_is_control(s.raw.error, vocabulary, token);
        return s.context;
    }

    private static MemorySegment piece(Scene s, MemorySegment vocabulary, int token) {
        LlamaCpp.qwen4j_token_to_piece(s.raw.error, vocabulary, token, s.raw.arena.allocate(64), 64, 0, true);
        return s.context;
    }

    private static MemorySegment detokenize(Scene s, int room, int... tokens) {
        var ids = s.raw.arena.allocateFrom(ValueLayout.JAVA_INT, tokens);
        LlamaCpp.qwen4j_detokenize(
                s.raw.error, s.vocabulary, ids, tokens.length, s.raw.arena.allocate(64), room, false, true);
        return s.context;
    }

    private static MemorySegment tokenize(Scene s, MemorySegment vocabulary, int length) {
        var text = s.raw.arena.allocateFrom("text");
        LlamaCpp.qwen4j_tokenize(s.raw.error, vocabulary, text, length, s.raw.arena.allocate(64), 16, false, true);
        return s.context;
    }

    private static MemorySegment chat(Scene s, String jinja) {
        return LlamaCpp.qwen4j_chat_new(s.raw.error, s.model, s.raw.arena.allocateFrom(jinja));
    }

    private static MemorySegment apply(Scene s, String jinja, String request) {
        var chat = chat(s, jinja);
        s.raw.succeeded();
        LlamaCpp.qwen4j_chat_apply(s.raw.error, chat, s.raw.arena.allocateFrom(request));
        return s.context;
    }

    private static MemorySegment parse(Scene s, String request) {
        LlamaCpp.qwen4j_chat_parse(s.raw.error, s.raw.arena.allocateFrom(request));
        return s.context;
    }

    private void asserts(String name, String words, Refusal.Attempt attempt) {
        all.add(new Refusal(name, QWEN4J_STATUS_ASSERTION(), words, false, attempt));
    }

    private void breaks(String name, String words, Refusal.Attempt attempt) {
        all.add(new Refusal(name, QWEN4J_STATUS_ASSERTION(), words, true, attempt));
    }

    private void throwsException(String name, String words, Refusal.Attempt attempt) {
        all.add(new Refusal(name, QWEN4J_STATUS_EXCEPTION(), words, false, attempt));
    }

    private void failed(String name, String words, Refusal.Attempt attempt) {
        all.add(new Refusal(name, QWEN4J_STATUS_FAILED(), words, false, attempt));
    }
}
