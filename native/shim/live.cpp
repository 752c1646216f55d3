#include "live.h"

#include "qwen4j.h"

qwen4j::Live qwen4j::live;

void qwen4j_count_live(struct qwen4j_live * out) {
    out->models      = qwen4j::live.models;
    out->contexts    = qwen4j::live.contexts;
    out->samplers    = qwen4j::live.samplers;
    out->chats       = qwen4j::live.chats;
    out->threadpools = qwen4j::live.threadpools;
}
