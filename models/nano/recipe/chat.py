"""Conversations: what the corpus is made of, and what the template renders."""

from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
ToolSpec = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """A question, the thought that leads to its answer, and the answer."""

    question: str
    thought: str
    answer: str


@dataclass(frozen=True)
class Conversation:
    """Messages whose last one is the answer to learn.

    With `thinking` the model decides what to think; without, the prompt holds an empty thought already, as Qwen3's
    template writes it for `enable_thinking=False`.
    """

    messages: list[Message]
    thinking: bool
    tools: list[ToolSpec] = field(default_factory=list)


def system(content: str) -> Message:
    """What the operator says."""
    return {"role": "system", "content": content}


def user(content: str) -> Message:
    """What the user says."""
    return {"role": "user", "content": content}


def tool(content: str) -> Message:
    """What a tool returned."""
    return {"role": "tool", "content": content}


def assistant(content: str, thought: str = "") -> Message:
    """What the model says after thinking `thought`."""
    return {"role": "assistant", "content": content, "reasoning_content": thought}


def turn(exchange: Exchange) -> list[Message]:
    """A finished exchange of an earlier turn; such turns show no thought."""
    return [user(exchange.question), assistant(exchange.answer)]
