"""Qwen3's byte-level BPE in plain Python."""

import functools

import regex

from recipe.vocabulary import Vocabulary

# How Qwen2 and Qwen3 cut text into words before any merge; llama.cpp calls it "qwen2".
WORD = regex.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def byte_alphabet() -> list[str]:
    """GPT-2's printable character for each byte."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


class Tokenizer:
    """Text to token ids and back. Added tokens in a text become those tokens, as a rendered template needs it.

    Like llama.cpp it does not normalise Unicode; the corpus is in normal form C already.
    """

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self._ids = {token: index for index, token in enumerate(vocabulary.tokens)}
        self._ranks = {merge: rank for rank, merge in enumerate(vocabulary.merges)}
        self._added = regex.compile("(" + "|".join(map(regex.escape, vocabulary.added)) + ")")
        self._alphabet = byte_alphabet()
        self._bytes = {character: byte for byte, character in enumerate(self._alphabet)}
        self._cut = functools.cache(self._merge)

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text, spelled in the byte alphabet."""
        found: list[str] = []
        for part in self._added.split(text):
            if part in self.vocabulary.added:
                found.append(part)
            else:
                for word in WORD.findall(part):
                    found += self._cut(word)
        return found

    def encode(self, text: str) -> list[int]:
        """The token ids of a text."""
        return [self._ids[token] for token in self.tokens(text)]

    def decode(self, ids: list[int]) -> str:
        """The text of token ids; bytes that are no whole character become U+FFFD."""
        data = bytearray()
        for token in (self.vocabulary.tokens[index] for index in ids):
            data += token.encode() if token in self.vocabulary.added else bytes(map(self._bytes.__getitem__, token))
        return data.decode("utf-8", errors="replace")

    def _merge(self, word: str) -> list[str]:
        """Applies the merges to one word, the earliest first."""
        parts = [self._alphabet[byte] for byte in word.encode()]
        never = len(self._ranks)
        while len(parts) > 1:
            ranks = [self._ranks.get(pair, never) for pair in zip(parts, parts[1:])]
            best = min(ranks)
            if best == never:
                break
            at = ranks.index(best)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return parts
