"""Qwen3's architecture, as small as it still works. Modules carry the names that llama.cpp gives their tensors."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

KeysAndValues = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Shape:
    """The hyperparameters; those of the model that ships are the defaults."""

    vocabulary: int
    context: int = 2048
    layers: int = 4
    width: int = 192
    heads: int = 3
    kv_heads: int = 1
    head_width: int = 64
    ffn_width: int = 512
    rope_base: float = 10_000.0
    rms_epsilon: float = 1e-6


class Rotary:
    """Rotary position embedding of consecutive positions."""

    def __init__(self, shape: Shape, start: int, length: int):
        half = torch.arange(0, shape.head_width, 2) / shape.head_width
        angles = torch.arange(start, start + length)[:, None] * shape.rope_base**-half
        self._cos = torch.cat((angles.cos(), angles.cos()), -1)
        self._sin = torch.cat((angles.sin(), angles.sin()), -1)

    def __call__(self, x: Tensor) -> Tensor:
        first, second = x.chunk(2, -1)
        return x * self._cos + torch.cat((-second, first), -1) * self._sin


class Block(nn.Module):
    """Attention with one normalised query-key space, then SwiGLU, each added to what came in."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        queries, keys = shape.heads * shape.head_width, shape.kv_heads * shape.head_width
        self.attn_norm = nn.RMSNorm(shape.width, shape.rms_epsilon)
        self.attn_q = nn.Linear(shape.width, queries, bias=False)
        self.attn_k = nn.Linear(shape.width, keys, bias=False)
        self.attn_v = nn.Linear(shape.width, keys, bias=False)
        self.attn_q_norm = nn.RMSNorm(shape.head_width, shape.rms_epsilon)
        self.attn_k_norm = nn.RMSNorm(shape.head_width, shape.rms_epsilon)
        self.attn_output = nn.Linear(queries, shape.width, bias=False)
        self.ffn_norm = nn.RMSNorm(shape.width, shape.rms_epsilon)
        self.ffn_gate = nn.Linear(shape.width, shape.ffn_width, bias=False)
        self.ffn_up = nn.Linear(shape.width, shape.ffn_width, bias=False)
        self.ffn_down = nn.Linear(shape.ffn_width, shape.width, bias=False)

    def forward(self, x: Tensor, rotary: Rotary, past: KeysAndValues | None) -> tuple[Tensor, KeysAndValues]:
        attended, present = self._attend(self.attn_norm(x), rotary, past)
        x = x + attended
        h = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h)), present

    def _attend(self, h: Tensor, rotary: Rotary, past: KeysAndValues | None) -> tuple[Tensor, KeysAndValues]:
        batch, length, _ = h.shape
        by_head = (batch, length, -1, self.shape.head_width)
        q = rotary(self.attn_q_norm(self.attn_q(h).view(by_head)).transpose(1, 2))
        k = rotary(self.attn_k_norm(self.attn_k(h).view(by_head)).transpose(1, 2))
        v = self.attn_v(h).view(by_head).transpose(1, 2)
        if past is not None:
            k, v = torch.cat((past[0], k), 2), torch.cat((past[1], v), 2)
        group = self.shape.heads // self.shape.kv_heads
        attended = F.scaled_dot_product_attention(
            q, k.repeat_interleave(group, 1), v.repeat_interleave(group, 1), is_causal=past is None
        )
        return self.attn_output(attended.transpose(1, 2).reshape(batch, length, -1)), (k, v)


class Nano(nn.Module):
    """The whole model; its output matrix is its embedding."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = nn.RMSNorm(shape.width, shape.rms_epsilon)
        self._initialise()

    def forward(self, ids: Tensor, past: list[KeysAndValues] | None = None) -> tuple[Tensor, list[KeysAndValues]]:
        """Hidden states of `ids`, and the keys and values to pass on. After a `past` comes one token at a time."""
        rotary = Rotary(self.shape, past[0][0].shape[2] if past else 0, ids.shape[1])
        x = self.token_embd(ids)
        present = []
        for index, block in enumerate(self.blk):
            x, kept = block(x, rotary, past[index] if past else None)
            present.append(kept)
        return self.output_norm(x), present

    def logits(self, hidden: Tensor) -> Tensor:
        """The next token's logits after each hidden state."""
        return F.linear(hidden, self.token_embd.weight)

    @torch.inference_mode()
    def complete(self, prompt: list[int], stop: int, limit: int) -> list[int]:
        """Goes on greedily after `prompt` until `stop`, which is not returned, or for `limit` tokens."""
        completion: list[int] = []
        hidden, past = self(torch.tensor([prompt]))
        while len(completion) < limit:
            token = int(self.logits(hidden[0, -1]).argmax())
            if token == stop:
                break
            completion.append(token)
            hidden, past = self(torch.tensor([[token]]), past)
        return completion

    def _initialise(self) -> None:
        for name, parameter in self.named_parameters():
            if name.startswith("token_embd"):
                nn.init.normal_(parameter, std=0.02)
            elif parameter.dim() > 1:
                into_stream = name.endswith(("attn_output.weight", "ffn_down.weight"))
                gain = 0.5 / math.sqrt(2 * self.shape.layers) if into_stream else 0.7
                nn.init.normal_(parameter, std=gain / math.sqrt(parameter.shape[1]))
