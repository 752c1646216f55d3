from itertools import islice
from random import Random

import pytest

from recipe import skills
from recipe.chat import Conversation
from recipe.corpus import conversations
from recipe.template import ChatTemplate, answer_of
from recipe.tools import tool_conversation


def some(seed: int, count: int = 300) -> list[Conversation]:
    return list(islice(conversations(seed), count))


def test_a_seed_gives_the_same_conversations_again():
    assert some(7) == some(7)


def test_another_seed_gives_others():
    assert some(7) != some(8)


def test_conversations_end_with_an_assistant_that_says_something():
    for conversation in some(1):
        last = conversation.messages[-1]
        assert last["role"] == "assistant"
        assert last["content"] or last["tool_calls"]


def test_all_kinds_appear():
    corpus = some(2)
    assert any(conversation.tools for conversation in corpus)
    assert any(conversation.thinking for conversation in corpus)
    assert any(not conversation.thinking for conversation in corpus)
    assert any(len(conversation.messages) > 3 and not conversation.tools for conversation in corpus)


@pytest.mark.parametrize("skill", skills.WEIGHTS, ids=lambda skill: skill.__name__)
def test_every_skill_asks_thinks_and_answers(skill):
    for seed in range(50):
        exchange = skill(Random(seed))
        assert exchange.question and exchange.thought and exchange.answer


def test_arithmetic_is_right():
    for seed in range(200):
        term, result = skills.arithmetic(Random(seed)).answer.split(" = ")
        a, sign, b = term.split()
        assert skills.OPERATORS[sign](int(a), int(b)) == int(result) >= 0


def test_only_offered_tools_are_called_and_each_result_answers_a_call():
    for seed in range(200):
        conversation = tool_conversation(Random(seed))
        offered = {spec["function"]["name"] for spec in conversation.tools}
        calls = [call for message in conversation.messages for call in message.get("tool_calls", [])]
        results = [message for message in conversation.messages if message["role"] == "tool"]
        assert {call["function"]["name"] for call in calls} <= offered
        assert len(results) in (0, len(calls))


def test_two_things_asked_at_once_take_two_calls():
    doubles = 0
    for seed in range(200):
        for message in tool_conversation(Random(seed)).messages:
            calls = message.get("tool_calls", [])
            doubles += len(calls) == 2 and calls[0] != calls[1]
    assert doubles > 10


def test_thinking_switched_off_puts_an_empty_thought_into_the_prompt(tokenizer):
    template = ChatTemplate(tokenizer.vocabulary.chat_template)
    for conversation in some(3):
        prompt, completion = template.render(conversation)
        assert prompt.endswith("<think>\n\n</think>\n\n") != conversation.thinking
        assert completion.startswith("<think>\n") == conversation.thinking
        assert completion.endswith("<|im_end|>")
        assert conversation.messages[-1]["content"] in answer_of(completion)


def test_no_think_is_answered_with_an_empty_thought(tokenizer):
    template = ChatTemplate(tokenizer.vocabulary.chat_template)
    told_not_to = [each for each in some(4) if each.messages[-2]["content"].endswith("/no_think")]
    assert told_not_to
    for conversation in told_not_to:
        assert template.render(conversation).completion.startswith("<think>\n\n</think>\n\n")
