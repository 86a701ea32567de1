"""A local encoder as judge: natural-language inference or hallucination detection, in ONNX.

A folder holds `model.onnx`, `tokenizer.json` and `config.json` with `id2label`. Nothing is fetched.
"""

import asyncio
import json
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from agent.citations.errors import BadJudge
from agent.citations.judges import Opinion, Said, Statement

_MOST_TOKENS = 512
_BATCH = 16
_OPINIONS = {
    "entailment": Opinion.SUPPORTED,
    "entail": Opinion.SUPPORTED,
    "supported": Opinion.SUPPORTED,
    "faithful": Opinion.SUPPORTED,
    "consistent": Opinion.SUPPORTED,
    "contradiction": Opinion.CONTRADICTED,
    "contradict": Opinion.CONTRADICTED,
    "neutral": Opinion.NOT_STATED,
    "hallucinated": Opinion.NOT_STATED,
    "hallucination": Opinion.NOT_STATED,
    "not_entailment": Opinion.NOT_STATED,
    "unsupported": Opinion.NOT_STATED,
}
Scores = NDArray[np.float64]


class EncoderJudge:
    """Reads evidence and statement as a pair; a token classifier is as sure as its worst token."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._labels = _labels(folder)
        runtime, tokenizers = _library("onnxruntime"), _library("tokenizers")
        for name in ("model.onnx", "tokenizer.json"):
            if not (folder / name).is_file():
                raise BadJudge(folder, f"{name} is missing", "export the model to ONNX")
        try:
            self._session: Any = runtime.InferenceSession(
                str(folder / "model.onnx"), providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Any = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as exc:  # both libraries raise types of their own compiled modules
            raise BadJudge(folder, f"cannot be loaded: {type(exc).__name__}", "export it") from exc
        self._tokenizer.enable_truncation(_MOST_TOKENS, strategy="only_first")
        self._tokenizer.enable_padding()
        self._inputs = {given.name for given in self._session.get_inputs()}

    @property
    def name(self) -> str:
        return self._folder.name

    async def judge(self, statements: Sequence[Statement]) -> Sequence[Said]:
        return await asyncio.to_thread(self.judge_now, statements)

    def judge_now(self, statements: Sequence[Statement]) -> list[Said]:
        """The same, in this thread."""
        batches = [statements[at : at + _BATCH] for at in range(0, len(statements), _BATCH)]
        return [said for batch in batches for said in self._batch(batch)]

    def _batch(self, statements: Sequence[Statement]) -> list[Said]:
        encoded = self._tokenizer.encode_batch([(one.evidence, one.text) for one in statements])
        fields = {
            "input_ids": [one.ids for one in encoded],
            "attention_mask": [one.attention_mask for one in encoded],
            "token_type_ids": [one.type_ids for one in encoded],
        }
        feed = {
            name: np.array(v, dtype=np.int64) for name, v in fields.items() if name in self._inputs
        }
        logits = np.asarray(self._session.run(None, feed)[0], dtype=np.float64)
        if logits.shape[-1] != len(self._labels):
            problem = f"gives {logits.shape[-1]} labels, config.json names {len(self._labels)}"
            raise BadJudge(self._folder, problem, "use the config of this model")
        chances = _softmax(logits)
        if chances.ndim == 2:
            return [self._sequence(row) for row in chances]
        pairs = zip(chances, encoded, strict=True)
        return [self._tokens(row, [n == 1 for n in one.sequence_ids]) for row, one in pairs]

    def _sequence(self, chances: Scores) -> Said:
        by_opinion = dict.fromkeys(Opinion, 0.0)
        for opinion, chance in zip(self._labels, chances, strict=True):
            by_opinion[opinion] += float(chance)
        best = max(by_opinion, key=lambda opinion: by_opinion[opinion])
        return Said(opinion=best, score=by_opinion[best])

    def _tokens(self, chances: Scores, of_statement: Sequence[bool]) -> Said:
        wrong = [n for n, opinion in enumerate(self._labels) if opinion is not Opinion.SUPPORTED]
        doubts = chances[np.array(of_statement)][:, wrong].sum(axis=1)
        worst = float(doubts.max()) if doubts.size else 0.0
        if worst >= 0.5:
            return Said(opinion=Opinion.NOT_STATED, score=worst)
        return Said(opinion=Opinion.SUPPORTED, score=1 - worst)


def _softmax(logits: Scores) -> Scores:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def _labels(folder: Path) -> list[Opinion]:
    """The opinion of each output, in order; two nameless labels are those of hallucination."""
    file = folder / "config.json"
    try:
        named = json.loads(file.read_text(encoding="utf-8")).get("id2label")
    except (OSError, ValueError, AttributeError) as exc:
        raise BadJudge(folder, "config.json cannot be read", "copy the model's folder") from exc
    if not isinstance(named, dict) or not named:
        raise BadJudge(folder, "config.json has no id2label", "name the model's labels there")
    table = cast(dict[str, str], named)
    names = [table[key].lower() for key in sorted(table, key=int)]
    if names == ["label_0", "label_1"]:
        return [Opinion.SUPPORTED, Opinion.NOT_STATED]
    unknown = [name for name in names if name not in _OPINIONS]
    if unknown:
        known = ", ".join(sorted(_OPINIONS))
        raise BadJudge(folder, f"label {unknown[0]!r} is not known", f"known: {known}")
    return [_OPINIONS[name] for name in names]


def _library(name: str) -> Any:
    if find_spec(name) is None:
        raise BadJudge(name, "is not installed", "pip install 'citedesk[nli]'")
    return import_module(name)
