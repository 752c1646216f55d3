"""Trains nano on an endless corpus, for a time or for a number of steps."""

import argparse
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import fmean

import torch
from torch import nn
from torch.nn import functional as F

from recipe.batches import Batch, batches
from recipe.model import Nano, Shape
from recipe.tokenizer import Tokenizer
from recipe.vocabulary import Vocabulary

LEARNING_RATE = 2.5e-3  # at the peak; it falls linearly to 3 % of that
FINAL_FRACTION = 0.03
WARM_UP_STEPS = 100
WEIGHT_DECAY = 0.05  # of matrices other than the embedding
BETAS = (0.9, 0.98)
GRADIENT_NORM = 1.0
CONVERSATIONS_AT_ONCE = 20_000

Progress = Callable[[int], float]


@dataclass(frozen=True)
class Step:
    """What one step saw: how far training is (1 is the end), tokens with padding, and the loss over answers alone."""

    number: int
    progress: float
    tokens: int
    loss: float


def for_steps(steps: int) -> Progress:
    """Ends after `steps`; two such runs on one machine are alike."""
    return lambda step: step / steps


def for_minutes(minutes: float) -> Progress:
    """Ends when `minutes` are over, counted from now."""
    start = time.monotonic()
    return lambda _: (time.monotonic() - start) / (60 * minutes)


def train(model: Nano, stream: Iterator[Batch], progress: Progress) -> Iterator[Step]:
    """Takes a step whenever the next one is asked for, until `progress` reaches 1; one at least."""
    optimizer = _optimizer(model)
    for number, batch in enumerate(stream, start=1):
        done = min(1.0, progress(number - 1))
        rate = LEARNING_RATE * min(1.0, number / WARM_UP_STEPS) * (1 - (1 - FINAL_FRACTION) * done)
        for group in optimizer.param_groups:
            group["lr"] = rate
        weighted, answers = _losses(model, batch)
        optimizer.zero_grad()
        weighted.backward()
        nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_NORM)
        optimizer.step()
        yield Step(number, done, batch.ids.numel(), answers)
        if progress(number) >= 1:
            return


def endless(tokenizer: Tokenizer, seed: int) -> Iterator[Batch]:
    """Batches of ever new conversations, from `seed` on."""
    for each in count(seed):
        yield from batches(each, CONVERSATIONS_AT_ONCE, tokenizer)


def _losses(model: Nano, batch: Batch) -> tuple[torch.Tensor, float]:
    """The weighted loss to learn from, and the plain one over answers."""
    weights = batch.weights[:, 1:]
    counted = weights > 0
    hidden, _ = model(batch.ids[:, :-1])
    losses = F.cross_entropy(model.logits(hidden[counted]), batch.ids[:, 1:][counted], reduction="none")
    weights = weights[counted]
    return (losses * weights).sum() / weights.sum(), losses[weights == 1].mean().item()


def _optimizer(model: Nano) -> torch.optim.Optimizer:
    decayed: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        (decayed if parameter.dim() > 1 and not name.startswith("token_embd") else others).append(parameter)
    return torch.optim.AdamW(
        [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}], betas=BETAS
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--minutes", type=float)
    length.add_argument("--steps", type=int)
    parser.add_argument("--vocabulary", type=Path, default=Path("build/vocabulary.json"))
    parser.add_argument("--checkpoint", type=Path, default=Path("build/nano.pt"), help="written every half minute")
    parser.add_argument("--resume", type=Path, metavar="CHECKPOINT", help="go on from this; give a new --seed too")
    parser.add_argument("--seed", type=int, default=1, help="of the weights and the corpus")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()

    options.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    tokenizer = Tokenizer(Vocabulary.load(options.vocabulary))
    model = Nano(Shape(vocabulary=len(tokenizer.vocabulary.tokens)))
    if options.resume:
        model.load_state_dict(torch.load(options.resume))
    print(f"{sum(each.numel() for each in model.parameters()):,} parameters, {options.threads} threads", flush=True)

    progress = for_steps(options.steps) if options.steps else for_minutes(options.minutes)
    start = reported = time.monotonic()
    tokens = 0
    recent = deque[float](maxlen=50)
    for step in train(model, endless(tokenizer, options.seed), progress):
        tokens += step.tokens
        recent.append(step.loss)
        if time.monotonic() - reported >= 30:
            reported = time.monotonic()
            torch.save(model.state_dict(), options.checkpoint)
            print(f"{step.progress:4.0%}  step {step.number:6}  loss {fmean(recent):.4f}", flush=True)
    torch.save(model.state_dict(), options.checkpoint)
    minutes = (time.monotonic() - start) / 60
    print(f"{step.number} steps, {tokens:,} tokens in {minutes:.1f} min, loss {fmean(recent):.4f}")


if __name__ == "__main__":
    main()
