"""Turns a checkpoint into the GGUF that llama.cpp loads."""

import argparse
from pathlib import Path

import torch

from recipe import gguf_file
from recipe.model import Nano, Shape
from recipe.vocabulary import Vocabulary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=Path("build/nano.pt"))
    parser.add_argument("--vocabulary", type=Path, default=Path("build/vocabulary.json"))
    parser.add_argument("--type", choices=gguf_file.TENSOR_TYPES, default="q8_0", help="of the matrices")
    parser.add_argument("output", type=Path, metavar="GGUF")
    options = parser.parse_args()

    vocabulary = Vocabulary.load(options.vocabulary)
    model = Nano(Shape(vocabulary=len(vocabulary.tokens)))
    model.load_state_dict(torch.load(options.checkpoint))
    gguf_file.write(options.output, model, vocabulary, options.type)
    print(f"{options.output}: {options.output.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
