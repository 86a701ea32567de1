"""Make a checkpoint of any Mistral shape: tiny, with weights, for tests; Nemo's own, without.

    python -m deploy.vllm.checkpoint tiny FOLDER     # 34 MB, made in a second
    python -m deploy.vllm.checkpoint nemo FOLDER     # config and tokenizer; load_format=dummy

The tokenizer is Nemo's real one, from the wheel of mistral_common, so token counts and prompt bytes
are the real ones. The tiny weights are random, but for one thing: tokens that end a JSON string,
list or object are likelier than others, as in a model that has something to say and then stops.
A purely random model never ends a string and every answer is cut at its limit.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

TEKKEN: Final = "tekken_240718.json"  #: Nemo's tokenizer in mistral_common
SPECIALS: Final = 1_000  #: control tokens come before the first word
ENDS: Final = ('"', '"}', '"]', '"]}', '",', "}", "]", "]}")
EAGER: Final = 24.0  #: sets how long a string gets


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    feed_forward: int
    vocab: int = 131_072
    context: int = 131_072


TINY: Final = Shape(
    layers=2, hidden=64, heads=4, kv_heads=1, head_dim=32, feed_forward=128, context=16_384
)
NEMO: Final = Shape(
    layers=40, hidden=5_120, heads=32, kv_heads=8, head_dim=128, feed_forward=14_336
)


def make_tiny(folder: Path, *, seed: int = 0, eager: float = EAGER) -> Path:
    """A model that loads and answers nonsense of the right shape; the same for the same seed.

    `eager` is by how much an end is likelier, in logits; 0: a string ends where the grammar says.
    """
    make_config(folder, TINY)
    _save(folder / "model.safetensors", _weights(TINY, seed, eager))
    return folder


def make_config(folder: Path, shape: Shape) -> Path:
    """`config.json`, `generation_config.json` and the tokenizer: all but the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(_config(shape), indent=1))
    generation = {"bos_token_id": 1, "eos_token_id": 2}
    (folder / "generation_config.json").write_text(json.dumps(generation))
    (folder / "tekken.json").write_bytes(tekken_file().read_bytes())
    return folder


def tekken_file() -> Path:
    import mistral_common

    return Path(mistral_common.__file__).parent / "data" / TEKKEN


def _config(shape: Shape) -> dict[str, Any]:
    return {
        "architectures": ["MistralForCausalLM"],
        "model_type": "mistral",
        "attention_dropout": 0.0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "head_dim": shape.head_dim,
        "hidden_act": "silu",
        "hidden_size": shape.hidden,
        "initializer_range": 0.02,
        "intermediate_size": shape.feed_forward,
        "max_position_embeddings": shape.context,
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.kv_heads,
        "rms_norm_eps": 1e-05,
        "rope_theta": 1_000_000.0,
        "sliding_window": None,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "use_cache": True,
        "vocab_size": shape.vocab,
    }


def _weights(shape: Shape, seed: int, eager: float) -> dict[str, NDArray[np.float32]]:
    """Every embedding shares one direction, so that the last layer can favour some tokens."""
    random = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> NDArray[np.float32]:
        return random.standard_normal((rows, columns), dtype=np.float32) * np.float32(0.02)

    common = np.full(shape.hidden, 1 / np.sqrt(shape.hidden), dtype=np.float32)
    head = matrix(shape.vocab, shape.hidden)
    head[_ends()] += common * np.float32(eager / np.sqrt(shape.hidden))
    weights = {
        "model.embed_tokens.weight": matrix(shape.vocab, shape.hidden) + common * 4,
        "model.norm.weight": np.ones(shape.hidden, dtype=np.float32),
        "lm_head.weight": head,
    }
    for layer in range(shape.layers):
        weights |= _layer(f"model.layers.{layer}", shape, matrix)
    return weights


def _layer(name: str, shape: Shape, matrix: Any) -> dict[str, NDArray[np.float32]]:
    queries, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    return {
        f"{name}.input_layernorm.weight": np.ones(shape.hidden, dtype=np.float32),
        f"{name}.post_attention_layernorm.weight": np.ones(shape.hidden, dtype=np.float32),
        f"{name}.self_attn.q_proj.weight": matrix(queries, shape.hidden),
        f"{name}.self_attn.k_proj.weight": matrix(keys, shape.hidden),
        f"{name}.self_attn.v_proj.weight": matrix(keys, shape.hidden),
        f"{name}.self_attn.o_proj.weight": matrix(shape.hidden, queries),
        f"{name}.mlp.gate_proj.weight": matrix(shape.feed_forward, shape.hidden),
        f"{name}.mlp.up_proj.weight": matrix(shape.feed_forward, shape.hidden),
        f"{name}.mlp.down_proj.weight": matrix(shape.hidden, shape.feed_forward),
    }


def _ends() -> list[int]:
    """Token ids of what ends a JSON value. A rank in the file counts from the first word."""
    import base64

    words = json.loads(tekken_file().read_bytes())["vocab"]
    wanted = {base64.b64encode(end.encode()).decode() for end in ENDS}
    return [SPECIALS + int(w["rank"]) for w in words if w["token_bytes"] in wanted]


def _save(file: Path, weights: dict[str, NDArray[np.float32]]) -> None:
    """The safetensors format: the header's length, the header, then each tensor in bfloat16."""
    tensors = {name: _bfloat16(values) for name, values in weights.items()}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, values in tensors.items():
        header[name] = {
            "dtype": "BF16",
            "shape": list(values.shape),
            "data_offsets": [end, end + values.nbytes],
        }
        end += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with file.open("wb") as opened:
        opened.write(len(text).to_bytes(8, "little") + text)
        for values in tensors.values():
            opened.write(values.tobytes())


def _bfloat16(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    """The upper half of a float32's bits."""
    return (values.view(np.uint32) >> np.uint32(16)).astype("<u2")


def main(arguments: list[str]) -> int:
    match arguments:
        case ["tiny", folder]:
            make_tiny(Path(folder))
        case ["nemo", folder]:
            make_config(Path(folder), NEMO)
        case _:
            print(__doc__)
            return 2
    print(f"made {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
