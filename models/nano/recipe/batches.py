"""From conversations to batches of token ids and loss weights."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

import torch
from torch import Tensor

from recipe.corpus import conversations
from recipe.template import ChatTemplate
from recipe.tokenizer import Tokenizer

PADDED_TOKENS = 6000  # of one batch
LENGTH_JITTER = 12  # so that neighbours in length are not always the same ones
PROMPT_TAIL = 24  # how much of the prompt is learnt too, a little
PROMPT_WEIGHT = 0.1


@dataclass(frozen=True)
class Example:
    """A rendered conversation; the answer starts at token `answer`."""

    ids: list[int]
    answer: int


@dataclass(frozen=True)
class Batch:
    """Padded examples, a row each. A token counts in the loss with its weight: 1 in answers, 0 in padding."""

    ids: Tensor
    weights: Tensor

    @classmethod
    def of(cls, examples: list[Example]) -> "Batch":
        """Pads examples to the longest."""
        size = len(examples), max(len(example.ids) for example in examples)
        ids, weights = torch.zeros(size, dtype=torch.long), torch.zeros(size)
        for row, example in enumerate(examples):
            end = len(example.ids)
            ids[row, :end] = torch.tensor(example.ids)
            weights[row, max(1, example.answer - PROMPT_TAIL) : example.answer] = PROMPT_WEIGHT
            weights[row, example.answer : end] = 1.0
        return cls(ids, weights)


def examples(seed: int, count: int, tokenizer: Tokenizer) -> list[Example]:
    """The first `count` conversations of a seed."""
    template = ChatTemplate(tokenizer.vocabulary.chat_template)
    found = []
    for conversation in islice(conversations(seed), count):
        prompt, completion = map(tokenizer.encode, template.render(conversation))
        found.append(Example(prompt + completion, len(prompt)))
    return found


def batches(seed: int, count: int, tokenizer: Tokenizer) -> Iterator[Batch]:
    """The conversations of a seed in batches of like length, in random order."""
    rng = Random(seed)
    groups: list[list[Example]] = [[]]
    by_length = sorted(
        examples(seed, count, tokenizer), key=lambda example: len(example.ids) + rng.uniform(0, LENGTH_JITTER)
    )
    for example in by_length:
        if groups[-1] and (len(groups[-1]) + 1) * len(example.ids) > PADDED_TOKENS:
            groups.append([])
        groups[-1].append(example)
    rng.shuffle(groups)
    return map(Batch.of, groups)
