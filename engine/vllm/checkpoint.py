"""What a model's own files say about it; reads its JSON files, never its weights."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from engine.vllm.errors import CannotStart

_TOKENIZERS: Final = ("tekken.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json")
_BYTES: Final = {"float32": 4, "float16": 2, "bfloat16": 2}
_INDEX: Final = "model.safetensors.index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A model as its files tell; what they leave out is None."""

    architecture: str
    context: int | None  #: tokens that it was made for
    layers: int | None
    kv_heads: int | None
    heads: int | None
    head_dim: int | None
    hidden: int | None
    vocab: int | None
    tied: bool  #: the same matrix reads and writes words
    weight_bytes: int | None  #: of the files on disk
    value_bytes: int = 2  #: of one weight
    quantized: str | None = None  #: the method, where the files hold quantised weights
    tokenizer_file: str | None = None
    fingerprint: str | None = None  #: of a folder; on the hub the revision says it


def find_checkpoint(model: str, revision: str | None) -> Path | None:
    """The folder that holds the model now; None for a hub name that is not in the cache yet.

    Raises `CannotStart` for a path that holds no model.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        if (folder / "config.json").is_file() or (folder / "params.json").is_file():
            return folder
        raise CannotStart(f"the folder {model!r} holds no model: it has no config.json")
    if _is_path(model):
        raise CannotStart(
            f"no folder {model!r}; give a folder with config.json and *.safetensors, or a name "
            "on the hub such as 'mistralai/Mistral-Nemo-Instruct-2407'"
        )
    return _cached(model, revision)


def read_checkpoint(folder: Path) -> Checkpoint:
    """Raises `CannotStart` where a file cannot be read."""
    if not (folder / "config.json").is_file():  # Mistral's own format: vllm reads params.json
        return _from_params(folder)
    config = _json(folder / "config.json")
    text = config.get("text_config")
    values: dict[str, Any] = cast(dict[str, Any], text) if isinstance(text, dict) else config
    heads = _whole(values, "num_attention_heads")
    hidden = _whole(values, "hidden_size")
    return Checkpoint(
        architecture=str((config.get("architectures") or ["unknown"])[0]),
        context=_whole(values, "max_position_embeddings"),
        layers=_whole(values, "num_hidden_layers"),
        heads=heads,
        kv_heads=_whole(values, "num_key_value_heads") or heads,
        head_dim=_whole(values, "head_dim") or (hidden // heads if hidden and heads else None),
        hidden=hidden,
        vocab=_whole(values, "vocab_size"),
        tied=bool(values.get("tie_word_embeddings", config.get("tie_word_embeddings", False))),
        weight_bytes=_weight_bytes(folder),
        value_bytes=_BYTES.get(str(values.get("torch_dtype") or values.get("dtype")), 2),
        quantized=_method(config, values),
        tokenizer_file=_tokenizer(folder),
        fingerprint=_fingerprint(folder),
    )


def commit_of(folder: Path) -> str | None:
    """The hub's commit, where the folder is a snapshot of the hub's cache."""
    return folder.name if folder.parent.name == "snapshots" else None


def _from_params(folder: Path) -> Checkpoint:
    params = _json(folder / "params.json")
    return Checkpoint(
        architecture="mistral",
        context=_whole(params, "max_position_embeddings") or _whole(params, "max_seq_len"),
        layers=_whole(params, "n_layers"),
        heads=_whole(params, "n_heads"),
        kv_heads=_whole(params, "n_kv_heads") or _whole(params, "n_heads"),
        head_dim=_whole(params, "head_dim"),
        hidden=_whole(params, "dim"),
        vocab=_whole(params, "vocab_size"),
        tied=bool(params.get("tied_embeddings", False)),
        weight_bytes=_weight_bytes(folder),
        quantized="fp8" if "quantization" in params else None,
        tokenizer_file=_tokenizer(folder),
        fingerprint=_fingerprint(folder),
    )


def _is_path(model: str) -> bool:
    """A hub name is `owner/name`; whatever starts like a path or has more parts is a path."""
    return model.startswith(("/", ".", "~")) or model.count("/") != 1


def _cached(model: str, revision: str | None) -> Path | None:
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    hub = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    entry = hub / f"models--{model.replace('/', '--')}"
    name = revision or "main"
    ref = entry / "refs" / name
    commit = ref.read_text().strip() if ref.is_file() else name
    folder = entry / "snapshots" / commit
    return folder if (folder / "config.json").is_file() else None


def _json(file: Path) -> dict[str, Any]:
    try:
        value: object = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise CannotStart(f"{file}: cannot be read as JSON ({type(exc).__name__})") from exc
    if not isinstance(value, dict):
        raise CannotStart(f"{file}: is not a JSON object")
    return cast(dict[str, Any], value)


def _whole(values: dict[str, Any], key: str) -> int | None:
    value = values.get(key)
    return value if isinstance(value, int) and value > 0 else None


def _weight_bytes(folder: Path) -> int | None:
    """As the index counts them, else the files' sizes; `consolidated` is the same weights again."""
    index = folder / _INDEX
    if index.is_file():
        total = _json(index).get("metadata", {}).get("total_size")
        if isinstance(total, int):
            return total
    files = list(folder.glob("*.safetensors"))
    sharded = [file for file in files if not file.name.startswith("consolidated")]
    return sum(file.stat().st_size for file in sharded or files) or None


def _method(config: dict[str, Any], values: dict[str, Any]) -> str | None:
    found = config.get("quantization_config") or values.get("quantization_config")
    if not isinstance(found, dict):
        return None
    return str(cast(dict[str, Any], found).get("quant_method") or "its own")


def _tokenizer(folder: Path) -> str | None:
    old = sorted(folder.glob("tokenizer.model.v*"))
    names = [name for name in _TOKENIZERS if (folder / name).is_file()]
    return names[0] if names else old[0].name if old else None


def _fingerprint(folder: Path) -> str:
    """Tells two states of a folder apart without reading gigabytes: its JSON files byte by byte,
    its weights by name, size and header (a header holds every tensor's name, type and place)."""
    digest = hashlib.sha256()
    for file in sorted([*folder.glob("*.json"), *folder.glob("*.safetensors")]):
        digest.update(f"{file.name} {file.stat().st_size}\n".encode())
        if file.suffix == ".json" and not file.name.startswith(("tekken", "tokenizer.json")):
            digest.update(file.read_bytes())
        else:
            with file.open("rb") as opened:
                digest.update(opened.read(65_536))
    return f"folder:{digest.hexdigest()[:16]}"
