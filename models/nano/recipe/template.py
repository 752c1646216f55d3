"""Qwen3's own chat template, and where in its output the answer begins."""

import json
from typing import NamedTuple

import jinja2

from recipe.chat import Conversation

THOUGHT_END = "</think>\n\n"


class Rendered(NamedTuple):
    """A conversation as text: what the model is given, and what it should go on with, end of turn included."""

    prompt: str
    completion: str


class ChatTemplate:
    """Renders conversations as `transformers` and llama.cpp do."""

    def __init__(self, source: str):
        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True)
        environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
        self._template = environment.from_string(source)

    def render(self, conversation: Conversation) -> Rendered:
        """Renders the prompt as a chat program would, and the rest of the whole conversation as its completion."""
        prompt = self._template.render(
            messages=conversation.messages[:-1],
            tools=conversation.tools,
            add_generation_prompt=True,
            enable_thinking=conversation.thinking,
        )
        whole = self._template.render(messages=conversation.messages, tools=conversation.tools).rstrip("\n")
        if not whole.startswith(prompt):
            raise ValueError(f"the template renders the prompt differently once it is answered: {prompt!r}, {whole!r}")
        return Rendered(prompt, whole[len(prompt) :])


def answer_of(completion: str) -> str:
    """The completion without its thought."""
    return completion.split(THOUGHT_END)[-1]
