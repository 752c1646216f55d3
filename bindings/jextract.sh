#!/usr/bin/env bash
# Regenerates src/generated and src/abi/abi_asserts.c from the headers of the llama.cpp that native/ builds.
#
#   JEXTRACT      the jextract to run (default: the one on PATH). It must sit on libclang 15: with 19 the anonymous union of
#                 llama_model_kv_override silently becomes padding.
#   CLANG_INCLUDE folder of clang's own headers (stddef.h …), where that jextract does not bring them
set -euo pipefail
cd "$(dirname "$0")"

jextract=${JEXTRACT:-jextract}
command -v "$jextract" >/dev/null || {
    echo "make bindings needs jextract (https://github.com/openjdk/jextract, built against libclang 15): put it on PATH or set JEXTRACT." >&2
    exit 1
}
llama=$(sed -n 's/^LLAMA_CPP_SOURCE:INTERNAL=//p' ../native/build/CMakeCache.txt)
generated=src/generated/java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

includes=(-I "$llama/include" -I "$llama/ggml/include" -I "$llama/tools/mtmd" -I ../native/shim)
[ -z "${CLANG_INCLUDE:-}" ] || includes+=(-I "$CLANG_INCLUDE")
printf '#include "%s"\n' llama.h gguf.h ggml-backend.h mtmd.h mtmd-helper.h qwen4j.h > "$work/headers.h"

# jextract warns about every opaque type; that is what handles are.
"$jextract" "${includes[@]}" --dump-includes "$work/all.txt" "$work/headers.h" 2>"$work/warnings" || { cat "$work/warnings" >&2; exit 1; }

# Structs and enums of these headers wholly, functions as the table says. ggml_backend_graph_copy is a struct and a function of one name.
{
    grep -E -- '--include-(struct|union|constant) .*/(llama|gguf|ggml-backend|mtmd|mtmd-helper|qwen4j)\.h$' "$work/all.txt" \
        | sed 's/ *#.*//' | grep -vE ' ggml_backend_graph_copy$| [A-Z0-9_]+_H$| (LLAMA|GGML|MTMD|QWEN4J)_API$'
    grep -oE -- '--include-constant GGML_(TYPE|LOG_LEVEL|NUMA_STRATEGY)_[A-Z0-9_]+' "$work/all.txt"
    printf -- '--include-typedef %s\n' llama_progress_callback qwen4j_eval_callback
    awk -F'[ |]+' '/^[a-z]/ {print "--include-function " $1}' src/jextract/functions.txt
} > "$work/includes.txt"

rm -rf "$generated"
mkdir -p "$generated"
"$jextract" "${includes[@]}" @"$work/includes.txt" --output "$generated" --target-package dev.qwen4j.bindings.generated \
    --header-class-name LlamaCpp "$work/headers.h" 2>"$work/warnings" || { cat "$work/warnings" >&2; exit 1; }
bound=$(awk -F'[ |]+' '/^[a-z]/ {print $1}' src/jextract/functions.txt)
for function in $bound; do
    grep -qE "\b$function\(" "$generated"/dev/qwen4j/bindings/generated/LlamaCpp*.java || { echo "not generated: $function" >&2; exit 1; }
done

"$JAVA_HOME/bin/javac" -d "$work/classes" "$generated"/dev/qwen4j/bindings/generated/*.java
"$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --class-path "$work/classes" src/abi/AbiAsserts.java "$generated" > src/abi/abi_asserts.c
