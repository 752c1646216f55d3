"""Makes the vocabulary that a new nano is trained with."""

import argparse
from itertools import islice
from pathlib import Path

from recipe import gguf_file
from recipe.corpus import conversations
from recipe.template import ChatTemplate
from recipe.tokenizer import Tokenizer
from recipe.vocabulary import Vocabulary


def restrict_to_corpus(qwen3: Vocabulary, seed: int, count: int) -> Vocabulary:
    """Cuts Qwen3's vocabulary down to what `count` conversations need."""
    tokenizer, template = Tokenizer(qwen3), ChatTemplate(qwen3.chat_template)
    used: set[str] = set()
    for conversation in islice(conversations(seed), count):
        for text in template.render(conversation):
            used.update(tokenizer.tokens(text))
    return qwen3.restricted(used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--qwen3", type=Path, metavar="FOLDER", help="cut down Qwen3's: its tokenizer.json is in here")
    source.add_argument("--like", type=Path, metavar="GGUF", help="take over the vocabulary of a nano")
    parser.add_argument("--conversations", type=int, default=20_000, help="how much corpus the cut must serve")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("build/vocabulary.json"))
    options = parser.parse_args()

    if options.like:
        vocabulary = gguf_file.read_vocabulary(options.like)
    else:
        vocabulary = restrict_to_corpus(Vocabulary.from_qwen3(options.qwen3), options.seed, options.conversations)
    vocabulary.save(options.output)
    print(f"{options.output}: {len(vocabulary.tokens)} tokens, {len(vocabulary.merges)} merges")


if __name__ == "__main__":
    main()
