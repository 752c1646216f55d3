"""Conversations with tools: which to call, with what, and what to say about the result."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from recipe.chat import Conversation, Message, ToolSpec, assistant, system, tool, user
from recipe.facts import CITIES, NAMES, SKIES, WORDS
from recipe.skills import OPERATORS, capitals, greeting, translation

Result = dict[str, Any]


@dataclass(frozen=True)
class Lookup:
    """A tool that looks up one thing, and how people ask for it."""

    name: str
    description: str
    argument: str
    values: Sequence[str]
    question: str
    result: Callable[[Random, str], Result]
    report: str
    joinable: bool = False  # "... in Rome and Oslo?" asks for two at once


@dataclass(frozen=True)
class Call:
    """One call of a tool, what it returns, and the sentence that tells the user."""

    name: str
    arguments: dict[str, str]
    result: Result
    report: str


LOOKUPS = [
    Lookup(
        name="get_weather",
        description="Get the current weather for a city",
        argument="city",
        values=CITIES,
        question="What is the weather in {}?",
        result=lambda rng, city: {"city": city, "temperature": rng.randint(-10, 38), "sky": rng.choice(SKIES)},
        report="In {city} it is {temperature} degrees and {sky}.",
        joinable=True,
    ),
    Lookup(
        name="get_time",
        description="Get the local time in a city",
        argument="city",
        values=CITIES,
        question="What time is it in {}?",
        result=lambda rng, city: {"city": city, "time": f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"},
        report="It is {time} in {city}.",
        joinable=True,
    ),
    Lookup(
        name="find_email",
        description="Find the email address of a person",
        argument="name",
        values=NAMES,
        question="What is the email of {}?",
        result=lambda rng, name: {"name": name, "email": f"{name.lower()}@example.com"},
        report="The email of {name} is {email}.",
    ),
    Lookup(
        name="get_stock",
        description="Get how many items are in stock",
        argument="item",
        values=WORDS,
        question="How many {} items are in stock?",
        result=lambda rng, item: {"item": item, "stock": rng.randint(0, 500)},
        report="There are {stock} {item} items in stock.",
    ),
]


def specification(name: str, description: str, argument: str) -> ToolSpec:
    """The tool as a chat request describes it."""
    parameters = {"type": "object", "properties": {argument: {"type": "string"}}, "required": [argument]}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


CALCULATE = specification("calculate", "Evaluate an arithmetic expression", "expression")


def tool_conversation(rng: Random) -> Conversation:
    """A question with some tools at hand; it ends with the calls, or with the answer from their results."""
    thinking = rng.random() < 0.5
    lookups = rng.sample(LOOKUPS, rng.randint(1, 3))
    specs = [specification(each.name, each.description, each.argument) for each in lookups]
    if rng.random() < 0.4:
        specs.append(CALCULATE)
    rng.shuffle(specs)
    messages = [system("You are a helpful assistant.")] if rng.random() < 0.3 else []
    if rng.random() < 0.12:
        messages += _without_tools(rng, thinking)
    else:
        question, calls = _request(rng, lookups, CALCULATE in specs)
        messages += [user(question), _calling(calls, thinking)]
        if rng.random() < 0.5:
            messages += _answering(calls, thinking)
    return Conversation(messages, thinking, specs)


def _without_tools(rng: Random, thinking: bool) -> list[Message]:
    exchange = rng.choice([greeting, capitals, translation])(rng)
    return [user(exchange.question), assistant(exchange.answer, exchange.thought if thinking else "")]


def _request(rng: Random, lookups: list[Lookup], calculator: bool) -> tuple[str, list[Call]]:
    """A question, and the calls that it needs."""
    if calculator and rng.random() < 0.4:
        call = _calculation(rng)
        return f"What is {call.arguments['expression']}?", [call]
    lookup = rng.choice(lookups)
    if rng.random() < 0.2:
        first, second = rng.sample(lookup.values, 2)
        if lookup.joinable:
            question = lookup.question.format(f"{first} and {second}")
        else:
            question = f"{lookup.question.format(first)} {lookup.question.format(second)}"
        return question, [_call(rng, lookup, first), _call(rng, lookup, second)]
    value = rng.choice(lookup.values)
    return lookup.question.format(value), [_call(rng, lookup, value)]


def _calculation(rng: Random) -> Call:
    a, b, sign = rng.randint(0, 20), rng.randint(0, 20), rng.choice("+-*")
    term, result = f"{a} {sign} {b}", OPERATORS[sign](a, b)
    return Call("calculate", {"expression": term}, {"result": result}, f"{term} = {result}")


def _call(rng: Random, lookup: Lookup, value: str) -> Call:
    result = lookup.result(rng, value)
    return Call(lookup.name, {lookup.argument: value}, result, lookup.report.format(**result))


def _calling(calls: list[Call], thinking: bool) -> Message:
    often = " twice" if len(calls) == 2 else ""
    message = assistant("", f"I should call {calls[0].name}{often}." if thinking else "")
    message["tool_calls"] = [
        {"type": "function", "function": {"name": call.name, "arguments": call.arguments}} for call in calls
    ]
    return message


def _answering(calls: list[Call], thinking: bool) -> list[Message]:
    thought = "The tool answered. I tell the user." if thinking else ""
    results = [tool(json.dumps(call.result)) for call in calls]
    return [*results, assistant(" ".join(call.report for call in calls), thought)]
