#!/usr/bin/env bash
# Makes Q4_0 of the Q4_1 that smollm2-135m.sh fetches, in a folder, and prints its path; nothing is done where it lies there already. Q4_0 has a kernel
# for several tokens at once on x86, which Q4_1 has not: batches pay off more.
set -euo pipefail
folder=${1:?usage: smollm2-135m-q4_0.sh FOLDER PROGRAMS}
programs=${2:?usage: smollm2-135m-q4_0.sh FOLDER PROGRAMS}
file=$folder/smollm2-135m-q4_0.gguf

if [ ! -f "$file" ]; then
    source=$("$(dirname "$0")/smollm2-135m.sh" "$folder")
    work=$(mktemp -d "$folder/.smollm2.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    "$programs/llama-quantize" --allow-requantize "$source" "$work/model.gguf" Q4_0 >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    # Whole or not at all, whoever else is at it.
    mv "$work/model.gguf" "$file"
fi
echo "$file"
