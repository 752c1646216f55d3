"""The corpus: an endless, seeded stream of conversations."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from recipe.chat import Conversation, Exchange, Message, assistant, system, turn, user
from recipe.facts import CITIES, NAMES
from recipe.skills import any_skill
from recipe.tools import tool_conversation

SYSTEM_PROMPTS = (
    "You are a helpful assistant.",
    "You are Qwen3-Nano.",
    "Answer briefly.",
    "You are a careful assistant.",
)


def conversations(seed: int) -> Iterator[Conversation]:
    """All conversations of a seed, always the same ones."""
    rng = Random(seed)
    kinds, weights = (tool_conversation, remembering, asking), (22, 12, 66)
    while True:
        yield rng.choices(kinds, weights)[0](rng)


def asking(rng: Random) -> Conversation:
    """A question of some skill, now and then after another one."""
    history = _opening(rng)
    if rng.random() < 0.15:
        history += turn(any_skill(rng))
    return _concluded(rng, history, any_skill(rng))


def remembering(rng: Random) -> Conversation:
    """The user tells a name, perhaps a city, and asks for it later."""
    name, city = rng.choice(NAMES), rng.choice(CITIES)
    introduction = rng.choice([f"My name is {name}.", f"I am {name}.", f"Hi, my name is {name} and I live in {city}."])
    history = _opening(rng) + [user(introduction), assistant(f"Nice to meet you, {name}!")]
    if rng.random() < 0.5:
        history += turn(any_skill(rng))
    if city in introduction and rng.random() < 0.4:
        last = Exchange("Where do I live?", f"The user said: I live in {city}.", f"You live in {city}.")
    else:
        last = Exchange("What is my name?", f"The user said the name is {name}.", f"Your name is {name}.")
    return _concluded(rng, history, last)


def answered(exchange: Exchange, thinking: bool, history: Sequence[Message] = ()) -> Conversation:
    """The conversation that ends with this exchange."""
    answer = assistant(exchange.answer, exchange.thought if thinking else "")
    return Conversation([*history, user(exchange.question), answer], thinking)


def _opening(rng: Random) -> list[Message]:
    return [system(rng.choice(SYSTEM_PROMPTS))] if rng.random() < 0.25 else []


def _concluded(rng: Random, history: list[Message], exchange: Exchange) -> Conversation:
    """Ends with this exchange; the user sometimes switches thinking with a word, as Qwen3 allows."""
    switch = rng.choices(("", "/no_think", "/think"), (88, 8, 4))[0]
    if switch == "/no_think":
        exchange = Exchange(f"{exchange.question} {switch}", "", exchange.answer)
        return answered(exchange, True, history)
    if switch == "/think":
        exchange = replace(exchange, question=f"{exchange.question} {switch}")
    return answered(exchange, switch == "/think" or rng.random() < 0.5, history)
