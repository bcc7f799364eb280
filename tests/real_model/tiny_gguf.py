"""What is the smallest model that a real llama.cpp server runs? A llama of random numbers with a vocabulary of ours.

`write_tiny_model` makes the same 0.7 MB on every machine. What it says is noise, but it says it through the whole
engine: tokens, templates, slots, caches, grammars. The format is described in the GGUF specification of ggml.
"""

import random
import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

WIDTH, LAYERS, HEADS, INNER, CONTEXT = 48, 2, 4, 96, 32_768
MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
MARKS += ("<|fim_pad|>", "<|repo_name|>", "<|file_sep|>")
GAP_KEYS = {"pre": 3, "suf": 4, "mid": 5, "pad": 6, "rep": 7, "sep": 8}
COMMON = (
    "def return self class import from None True False if elif else for while with as in is not and or "
    "try except raise yield lambda async await print str int float list dict set name value path file "
    "line text type item index key error test assert function const let var export default string number "
    "the of to this that model code change"
)
WORDS = COMMON.split()
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_UINT32, _INT32, _FLOAT32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_ALIGNMENT = 32


@dataclass(frozen=True, slots=True)
class Tensor:
    """Numbers in rows; the file names the length of a row first."""

    name: str
    rows: int
    columns: int
    numbers: bytes

    @property
    def header(self) -> bytes:
        shape = (self.columns,) if self.rows == 1 else (self.columns, self.rows)
        return _string(self.name) + struct.pack(f"<I{len(shape)}QI", len(shape), *shape, 0)


def write_tiny_model(file: Path, seed: int = 1) -> None:
    """Writes the model; the same seed gives the same bytes."""
    tokens, merges = _vocabulary()
    facts = list(_facts(tokens, merges))
    tensors = list(_tensors(len(tokens), random.Random(seed)))
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(facts)) + b"".join(facts)
    data = b""
    for tensor in tensors:
        head += tensor.header + struct.pack("<Q", len(data))
        data += _padded(tensor.numbers)
    file.write_bytes(_padded(head) + data)


def _vocabulary() -> tuple[list[str], list[str]]:
    """Tokens and merges of a byte-level vocabulary: the marks, every byte, and common words with every beginning."""
    visible = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in visible]
    letter = {byte: chr(byte) for byte in visible} | {byte: chr(256 + place) for place, byte in enumerate(hidden)}
    tokens = [*MARKS, *(letter[byte] for byte in range(256))]
    merges: list[str] = []
    space = letter[ord(" ")]
    for word in (space * 4, *WORDS, *(space + word for word in WORDS)):
        for end in range(2, len(word) + 1):
            if word[:end] not in tokens:
                tokens.append(word[:end])
                merges.append(f"{word[: end - 1]} {word[end - 1]}")
    return tokens, merges


def _facts(tokens: list[str], merges: list[str]) -> Iterator[bytes]:
    """What the file says of the model, before the numbers."""
    yield _fact("general.architecture", "llama")
    yield _fact("general.name", "tiny-random")
    sizes = {
        "context_length": CONTEXT,
        "embedding_length": WIDTH,
        "block_count": LAYERS,
        "feed_forward_length": INNER,
        "attention.head_count": HEADS,
        "attention.head_count_kv": HEADS,
        "rope.dimension_count": WIDTH // HEADS,
        "vocab_size": len(tokens),
    }
    for name, size in sizes.items():
        yield _fact(f"llama.{name}", size)
    yield _fact("llama.attention.layer_norm_rms_epsilon", 1e-5)
    yield _fact("tokenizer.ggml.model", "gpt2")
    yield _fact("tokenizer.ggml.pre", "gpt-2")
    yield _list("tokenizer.ggml.tokens", _STRING, map(_string, tokens), len(tokens))
    kinds = (struct.pack("<i", 3 if token in MARKS else 1) for token in tokens)
    yield _list("tokenizer.ggml.token_type", _INT32, kinds, len(tokens))
    yield _list("tokenizer.ggml.merges", _STRING, map(_string, merges), len(merges))
    yield _fact("tokenizer.ggml.bos_token_id", 0)
    yield _fact("tokenizer.ggml.eos_token_id", MARKS.index("<|im_end|>"))
    yield _string("tokenizer.ggml.add_bos_token") + struct.pack("<I?", _BOOL, False)
    for key, token in GAP_KEYS.items():
        yield _fact(f"tokenizer.ggml.fim_{key}_token_id", token)
    yield _fact("tokenizer.chat_template", TEMPLATE)


def _tensors(words: int, dice: random.Random) -> Iterator[Tensor]:
    def noise(name: str, rows: int, columns: int) -> Tensor:
        numbers = array("f", (dice.uniform(-0.3, 0.3) for _ in range(rows * columns)))
        return Tensor(f"{name}.weight", rows, columns, numbers.tobytes())

    def ones(name: str) -> Tensor:
        return Tensor(f"{name}.weight", 1, WIDTH, array("f", [1.0] * WIDTH).tobytes())

    yield noise("token_embd", words, WIDTH)
    yield ones("output_norm")
    yield noise("output", words, WIDTH)
    for layer in range(LAYERS):
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield noise(f"blk.{layer}.{part}", WIDTH, WIDTH)
        for part, rows, columns in (("gate", INNER, WIDTH), ("up", INNER, WIDTH), ("down", WIDTH, INNER)):
            yield noise(f"blk.{layer}.ffn_{part}", rows, columns)
        yield ones(f"blk.{layer}.attn_norm")
        yield ones(f"blk.{layer}.ffn_norm")


def _fact(name: str, value: str | int | float) -> bytes:
    if isinstance(value, str):
        return _string(name) + struct.pack("<I", _STRING) + _string(value)
    kind, form = (_FLOAT32, "<If") if isinstance(value, float) else (_UINT32, "<II")
    return _string(name) + struct.pack(form, kind, value)


def _list(name: str, kind: int, values: Iterable[bytes], length: int) -> bytes:
    return _string(name) + struct.pack("<IIQ", _ARRAY, kind, length) + b"".join(values)


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNMENT)
