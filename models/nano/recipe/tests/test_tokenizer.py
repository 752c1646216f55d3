import json
from itertools import islice

import pytest

from recipe.corpus import conversations
from recipe.template import ChatTemplate
from recipe.tokenizer import WORD, Tokenizer
from recipe.vocabulary import Vocabulary

TEXTS = [
    "",
    "a",
    "Hello, world!",
    "  two  spaces\n\n\tand more ",
    "naïve café",
    "你好，世界",
    "🙂👩‍🚀",
    "नमस्ते",
    "\x00\x7f",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_comes_back(tokenizer, qwen3, text):
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert qwen3.decode(qwen3.encode(text)) == text


def test_the_corpus_comes_back(tokenizer):
    template = ChatTemplate(tokenizer.vocabulary.chat_template)
    for conversation in islice(conversations(5), 300):
        for text in template.render(conversation):
            assert tokenizer.decode(tokenizer.encode(text)) == text


def test_qwen3_ids_are_the_known_ones(qwen3):
    assert qwen3.encode("Hello world") == [9707, 1879]
    assert qwen3.encode("<|im_start|>user\n") == [151644, 872, 198]


def test_added_tokens_stay_whole(tokenizer):
    for token in tokenizer.vocabulary.added:
        assert tokenizer.tokens(f"a{token}b") == ["a", token, "b"]


def test_words_are_cut_as_qwen3_says(qwen3_folder):
    steps = json.loads((qwen3_folder / "tokenizer.json").read_text("utf-8"))["pre_tokenizer"]["pretokenizers"]
    assert steps[0]["pattern"]["Regex"] == WORD.pattern


def test_restricted_cuts_its_corpus_as_qwen3_does(qwen3, restricted):
    template = ChatTemplate(qwen3.vocabulary.chat_template)
    for conversation in islice(conversations(0), 300):
        for text in template.render(conversation):
            assert restricted.tokens(text) == qwen3.tokens(text)


def test_restricted_is_a_small_ordered_part_that_lacks_nothing(qwen3, restricted):
    part, whole = restricted.vocabulary, qwen3.vocabulary
    assert len(part.tokens) < len(whole.tokens) / 25
    assert part.merges[:2000] == whole.merges[:2000]
    order = {token: place for place, token in enumerate(whole.tokens)}
    assert part.tokens == sorted(part.tokens, key=order.__getitem__)
    assert set(part.tokens) >= {piece for left, right in part.merges for piece in (left, right, left + right)}
    assert set(part.tokens) >= set(part.added)


def test_the_shipped_vocabulary_is_a_part_of_qwen3_with_its_template(tokenizer, qwen3):
    part, whole = tokenizer.vocabulary, qwen3.vocabulary
    assert set(part.merges) <= set(whole.merges)
    assert part.added == whole.added
    assert part.chat_template == whole.chat_template


def test_a_saved_vocabulary_loads_alike(tokenizer, tmp_path):
    tokenizer.vocabulary.save(tmp_path / "vocabulary.json")
    assert Vocabulary.load(tmp_path / "vocabulary.json") == tokenizer.vocabulary
    assert Tokenizer(tokenizer.vocabulary).encode("Hello") == tokenizer.encode("Hello")
