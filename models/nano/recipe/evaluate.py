"""Counts how many answers of a GGUF equal the corpus's own, skill by skill, on conversations of an unseen seed."""

import argparse
from collections.abc import Callable
from pathlib import Path
from random import Random

import regex
import torch

from recipe import gguf_file, skills
from recipe.chat import Conversation
from recipe.corpus import answered, remembering
from recipe.model import Nano
from recipe.template import ChatTemplate, answer_of
from recipe.tokenizer import Tokenizer
from recipe.tools import tool_conversation
from recipe.vocabulary import TURN_END

UNSEEN_SEED = 1_000_000
LONGEST_COMPLETION = 256
STORY = regex.compile(
    r"Once upon a time there was a \w+ (?P<hero>\w+) who lived in a (?P<place>\w+)\. .+ "
    r"(The end\.|And the (?P=place) was quiet again\.|Since then the (?P=hero) and the \w+ are friends\.)"
)

Maker = Callable[[Random], Conversation]
Judge = Callable[[str, str], bool]


def practised(skill: skills.Skill) -> Maker:
    """A conversation of this skill alone, thinking or not."""
    return lambda rng: answered(skill(rng), thinking=rng.random() < 0.5)


def same(expected: str, actual: str) -> bool:
    """Right is what the corpus says, to the last character."""
    return actual == expected


def whole_story(expected: str, actual: str) -> bool:
    """Right is any story about the animal asked for that goes from its beginning to an end."""
    wanted, told = STORY.fullmatch(expected), STORY.fullmatch(actual)
    return bool(wanted and told) and wanted["hero"] == told["hero"]


def subjects() -> dict[str, tuple[Maker, Judge]]:
    """What is examined, by name."""
    found: dict[str, tuple[Maker, Judge]] = {skill.__name__: (practised(skill), same) for skill in skills.WEIGHTS}
    found["story"] = (practised(skills.story), whole_story)
    return found | {"tools": (tool_conversation, same), "remembering": (remembering, same)}


def score(model: Nano, tokenizer: Tokenizer, make: Maker, judge: Judge, questions: int) -> int:
    """How many of `questions` answers are right."""
    template = ChatTemplate(tokenizer.vocabulary.chat_template)
    stop = tokenizer.vocabulary.tokens.index(TURN_END)
    rng, right = Random(UNSEEN_SEED), 0
    for _ in range(questions):
        prompt, completion = template.render(make(rng))
        actual = tokenizer.decode(model.complete(tokenizer.encode(prompt), stop, LONGEST_COMPLETION))
        right += judge(answer_of(completion.removesuffix(TURN_END)), answer_of(actual))
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, metavar="GGUF")
    parser.add_argument("--questions", type=int, default=60, help="for each skill")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    model, vocabulary = gguf_file.read(options.model)
    tokenizer = Tokenizer(vocabulary)
    for name, (make, judge) in subjects().items():
        print(f"{name:12} {score(model, tokenizer, make, judge, options.questions)}/{options.questions}", flush=True)


if __name__ == "__main__":
    main()
