"""Reads and writes the model as GGUF, tokenizer and chat template included."""

from pathlib import Path
from typing import Any

import gguf
import torch
from gguf.constants import GGML_QUANT_VERSION

from recipe.model import Nano, Shape
from recipe.vocabulary import PADDING, TURN_END, Vocabulary

ARCHITECTURE = "qwen3"
TENSOR_TYPES = {
    "f32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
}


def write(file: Path, model: Nano, vocabulary: Vocabulary, tensor_type: str) -> None:
    """Writes `model` with matrices of `tensor_type`, a key of TENSOR_TYPES; vectors stay F32."""
    quantization, file_type = TENSOR_TYPES[tensor_type]
    writer = gguf.GGUFWriter(file, ARCHITECTURE)
    writer.add_name("Qwen3-Nano")
    writer.add_description("A toy model trained from scratch on synthetic chats; for tests and demos")
    writer.add_license("apache-2.0")
    writer.add_file_type(file_type)
    writer.add_quantization_version(GGML_QUANT_VERSION)
    _add_shape(writer, model.shape)
    _add_vocabulary(writer, vocabulary)
    for name, tensor in model.state_dict().items():
        if tensor.dim() > 1 and quantization != gguf.GGMLQuantizationType.F32:
            writer.add_tensor(name, gguf.quants.quantize(tensor.numpy(), quantization), raw_dtype=quantization)
        else:
            writer.add_tensor(name, tensor.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read(file: Path) -> tuple[Nano, Vocabulary]:
    """Reads a model that this recipe made, quantised or not."""
    reader = gguf.GGUFReader(file)
    model = Nano(_shape(reader))
    model.load_state_dict(
        {tensor.name: torch.tensor(gguf.dequantize(tensor.data, tensor.tensor_type)) for tensor in reader.tensors}
    )
    return model, _vocabulary(reader)


def read_vocabulary(file: Path) -> Vocabulary:
    """Reads the vocabulary and chat template alone."""
    return _vocabulary(gguf.GGUFReader(file))


def _add_shape(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.ffn_width)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.rms_epsilon)


def _add_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types([_token_type(vocabulary, token) for token in vocabulary.tokens])
    writer.add_token_merges([f"{left} {right}" for left, right in vocabulary.merges])
    writer.add_eos_token_id(vocabulary.tokens.index(TURN_END))
    writer.add_pad_token_id(vocabulary.tokens.index(PADDING))
    writer.add_bos_token_id(vocabulary.tokens.index(PADDING))
    writer.add_add_bos_token(False)
    writer.add_chat_template(vocabulary.chat_template)


def _token_type(vocabulary: Vocabulary, token: str) -> gguf.TokenType:
    if token not in vocabulary.added:
        return gguf.TokenType.NORMAL
    return gguf.TokenType.CONTROL if vocabulary.added[token] else gguf.TokenType.USER_DEFINED


def _shape(reader: gguf.GGUFReader) -> Shape:
    return Shape(
        vocabulary=len(_value(reader, "tokenizer.ggml.tokens")),
        context=_value(reader, f"{ARCHITECTURE}.context_length"),
        layers=_value(reader, f"{ARCHITECTURE}.block_count"),
        width=_value(reader, f"{ARCHITECTURE}.embedding_length"),
        heads=_value(reader, f"{ARCHITECTURE}.attention.head_count"),
        kv_heads=_value(reader, f"{ARCHITECTURE}.attention.head_count_kv"),
        head_width=_value(reader, f"{ARCHITECTURE}.attention.key_length"),
        ffn_width=_value(reader, f"{ARCHITECTURE}.feed_forward_length"),
        rope_base=_value(reader, f"{ARCHITECTURE}.rope.freq_base"),
        rms_epsilon=_value(reader, f"{ARCHITECTURE}.attention.layer_norm_rms_epsilon"),
    )


def _vocabulary(reader: gguf.GGUFReader) -> Vocabulary:
    tokens = _value(reader, "tokenizer.ggml.tokens")
    kinds = dict(zip(tokens, _value(reader, "tokenizer.ggml.token_type")))
    left_right = [merge.split(" ") for merge in _value(reader, "tokenizer.ggml.merges")]
    return Vocabulary(
        tokens=tokens,
        merges=[(left, right) for left, right in left_right],
        added={token: kind == gguf.TokenType.CONTROL for token, kind in kinds.items() if kind != gguf.TokenType.NORMAL},
        chat_template=_value(reader, "tokenizer.chat_template"),
    )


def _value(reader: gguf.GGUFReader, key: str) -> Any:
    field = reader.get_field(key)
    if field is None:
        raise ValueError(f"{key} is missing: this is no GGUF of this recipe")
    return field.contents()
