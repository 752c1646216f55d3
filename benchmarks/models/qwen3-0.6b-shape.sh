#!/usr/bin/env bash
# Makes a Q4_K_M model of Qwen3-0.6B's shape with random weights in a folder, and prints its path; nothing is done where it lies there already. Speed
# depends on shape and type, not on what the weights are. Takes some minutes, and 1.6 GB of disk meanwhile.
set -euo pipefail
folder=${1:?usage: qwen3-0.6b-shape.sh FOLDER PROGRAMS}
programs=${2:?usage: qwen3-0.6b-shape.sh FOLDER PROGRAMS}
file=$folder/qwen3-0.6b-shape-q4_k_m.gguf

if [ ! -f "$file" ]; then
    mkdir -p "$folder"
    work=$(mktemp -d "$folder/.shape.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    "$programs/qwen4j-random-model" "$work/f16.gguf"
    "$programs/llama-quantize" "$work/f16.gguf" "$work/model.gguf" Q4_K_M >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    # Whole or not at all, whoever else is at it.
    mv "$work/model.gguf" "$file"
fi
echo "$file"
