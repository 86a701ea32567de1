"""The dense leg: an embedding model that the user has, in a folder. Needs the extra `dense`.

The folder holds `tokenizer.json` and `model.onnx` (also as `onnx/model.onnx`), as exporters of
sentence embedders write them, or is a sentence-transformers folder where that library is
installed. `dense.json`, if there, overrides how texts are put in: `pooling` (`mean` or `cls`),
`query_prefix`, `passage_prefix`, `max_tokens`.

DenseError    the folder, a library, or a setting of it cannot be used; says which and what to do
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.corpus import Passage

Vectors = NDArray[np.float32]
_BATCH = 32
_POOLINGS = ("mean", "cls")


class DenseError(Exception):
    """The dense leg cannot be built."""

    def __init__(self, where: str, problem: str, mend: str) -> None:
        super().__init__(f"{where}: {problem} ({mend})")


class Embedder(Protocol):
    """A model that puts texts of near meaning near each other."""

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        """Shape (texts, dimensions), each row of length 1."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DenseOptions:
    """How a model wants its texts, as its card says."""

    pooling: str = "mean"  #: `mean` over the tokens, or `cls`: the first token's
    query_prefix: str = ""  #: such as `query: ` for E5 models
    passage_prefix: str = ""
    max_tokens: int = 512


class Dense:
    """Ranks passages by the cosine between their vector and the question's."""

    def __init__(self, passages: Sequence[Passage], embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors = self._embedded(passages)
        self._live = np.ones(len(passages), dtype=np.bool_)

    def rank(self, text: str, asked_in: str, k: int) -> list[tuple[int, float]]:
        if not self._live.any():
            return []
        likeness = self._vectors @ self._embedder.embed([text], query=True)[0]
        likeness = np.where(self._live, likeness, -np.inf)
        order = np.lexsort((np.arange(len(likeness)), -likeness))[: min(k, int(self._live.sum()))]
        return [(int(n), float(likeness[n])) for n in order]

    def add(self, passages: Sequence[Passage]) -> None:
        new = self._embedded(passages)
        self._vectors = np.concatenate([self._vectors, new]) if len(self._vectors) else new
        self._live = np.concatenate([self._live, np.ones(len(passages), dtype=np.bool_)])

    def remove(self, passages: Mapping[int, Passage]) -> None:
        self._live[list(passages)] = False

    def _embedded(self, passages: Sequence[Passage]) -> Vectors:
        texts = [f"{' · '.join(p.headings)}\n{p.text}" for p in passages]
        return self._embedder.embed(texts) if texts else np.zeros((0, 0), dtype=np.float32)


def load_embedder(folder: Path) -> Embedder:
    """The model of a folder; raises `DenseError`."""
    if not folder.is_dir():
        mend = "give the folder of an embedding model, with model.onnx and tokenizer.json"
        raise DenseError(str(folder), "is no folder", mend)
    options = _options(folder / "dense.json")
    model = next(
        (f for n in ("model.onnx", "onnx/model.onnx") if (f := folder / n).is_file()), None
    )
    if model is not None:
        return OnnxEmbedder(model, folder / "tokenizer.json", options)
    if (folder / "modules.json").is_file():
        return SentenceEmbedder(folder, options)
    mend = "export the model to ONNX, or give a sentence-transformers folder"
    raise DenseError(str(folder), "holds neither model.onnx nor modules.json", mend)


def _options(file: Path) -> DenseOptions:
    if not file.is_file():
        return DenseOptions()
    try:
        data: Any = json.loads(file.read_text("utf-8"))
        options = DenseOptions(**data)
    except (ValueError, TypeError) as exc:
        known = ", ".join(field.name for field in fields(DenseOptions))
        raise DenseError(str(file), f"cannot be read: {exc}", f"it may hold {known}") from exc
    if options.pooling not in _POOLINGS:
        raise DenseError(str(file), f"pooling {options.pooling!r}", f"known: {_POOLINGS}")
    return options


def _library(name: str, mend: str) -> Any:
    if find_spec(name) is None:
        raise DenseError(name, "is not installed", mend)
    return import_module(name)


class OnnxEmbedder:
    """A transformer in ONNX: token vectors out, pooled and brought to length 1 here."""

    def __init__(self, model: Path, tokenizer: Path, options: DenseOptions) -> None:
        extra = "pip install 'citedesk[dense]'"
        runtime, tokenizers = _library("onnxruntime", extra), _library("tokenizers", extra)
        if not tokenizer.is_file():
            raise DenseError(str(tokenizer), "is missing", "copy it from the model's folder")
        self._options = options
        try:
            self._session: Any = runtime.InferenceSession(
                str(model), providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(tokenizer))
        except Exception as exc:  # both libraries raise types of their own compiled modules
            kind = type(exc).__name__
            raise DenseError(
                str(model.parent), f"cannot be loaded: {kind}", "export it again"
            ) from exc
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer.enable_truncation(options.max_tokens)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        prefix = self._options.query_prefix if query else self._options.passage_prefix
        batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
        return np.concatenate([self._batch([prefix + text for text in b]) for b in batches])

    def _batch(self, texts: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(list(texts))
        mask = np.array([e.attention_mask for e in encoded], dtype=np.int64)
        given = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([e.type_ids for e in encoded], dtype=np.int64),
        }
        fed = {name: value for name, value in given.items() if name in self._inputs}
        out = np.asarray(self._session.run(None, fed)[0], dtype=np.float32)
        return _unit(_pooled(out, mask, self._options.pooling))


class SentenceEmbedder:
    """A sentence-transformers folder, where that library is installed."""

    def __init__(self, folder: Path, options: DenseOptions) -> None:
        mend = "pip install sentence-transformers, or export the model to ONNX"
        library = _library("sentence_transformers", mend)
        self._options = options
        self._model: Any = library.SentenceTransformer(str(folder))

    def embed(self, texts: Sequence[str], *, query: bool = False) -> Vectors:
        prefix = self._options.query_prefix if query else self._options.passage_prefix
        found = self._model.encode([prefix + text for text in texts], batch_size=_BATCH)
        return _unit(np.asarray(found, dtype=np.float32))


def _pooled(out: Vectors, mask: NDArray[np.int64], pooling: str) -> Vectors:
    """One vector a text; a model that pools by itself gives two dimensions already."""
    if out.ndim == 2:
        return out
    if pooling == "cls":
        return out[:, 0]
    weights = mask[:, :, None].astype(np.float32)
    return (out * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
