"""A vocabulary: the tokens, the merges that build them, and the chat template that goes with them."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

Merge = tuple[str, str]

TURN_END = "<|im_end|>"
PADDING = "<|endoftext|>"


@dataclass(frozen=True)
class Vocabulary:
    """Byte-level BPE. A token's id is its place in `tokens`; `merges` stand in the order in which they apply."""

    tokens: list[str]
    merges: list[Merge]
    added: dict[str, bool]  # tokens that no merge builds and no text is cut into: whether they are control tokens
    chat_template: str

    @classmethod
    def from_qwen3(cls, folder: Path) -> "Vocabulary":
        """Reads Qwen3's tokenizer.json and tokenizer_config.json."""
        tokenizer = json.loads((folder / "tokenizer.json").read_text("utf-8"))
        config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
        model, added = tokenizer["model"], sorted(tokenizer["added_tokens"], key=lambda token: token["id"])
        return cls(
            tokens=sorted(model["vocab"], key=model["vocab"].__getitem__) + [token["content"] for token in added],
            merges=[(left, right) for left, right in model["merges"]],
            added={token["content"]: token["special"] for token in added},
            chat_template=config["chat_template"],
        )

    @classmethod
    def load(cls, file: Path) -> "Vocabulary":
        """Reads what `save` wrote."""
        fields = json.loads(file.read_text("utf-8"))
        fields["merges"] = [(left, right) for left, right in fields["merges"]]
        return cls(**fields)

    def save(self, file: Path) -> None:
        """Writes this vocabulary as JSON."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), ensure_ascii=False), "utf-8")

    def restricted(self, used: Iterable[str], common: int = 2000) -> "Vocabulary":
        """Keeps single bytes, added tokens, the first `common` merges, and whatever builds the tokens in `used`.

        Text that only needs these is cut exactly as before.
        """
        parts = {left + right: (left, right) for left, right in self.merges}
        pending = [left + right for left, right in self.merges[:common]]
        pending += [token for token in used if token in parts]
        kept = set()
        while pending:
            token = pending.pop()
            if token in parts and token not in kept:
                kept.add(token)
                pending += parts[token]
        return Vocabulary(
            tokens=[token for token in self.tokens if token not in parts or token in kept],
            merges=[merge for merge in self.merges if "".join(merge) in kept],
            added=self.added,
            chat_template=self.chat_template,
        )
