"""The trained classifier as plain arrays: fast to ask, safe to load, no learning library needed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent import kept
from agent.triage.features import BLOCKS, Features, pairs, parts, words

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Ranked = tuple[tuple[str, float], ...]
_TINY = 1e-6
_NOTHING: Rows = np.empty(0, dtype=np.int64)
_REMEMBERED = 50_000  #: words whose parts are looked up once


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One kind of feature."""

    vocabulary: Mapping[str, int]
    idf: Floats
    weight: float
    first_row: int  #: of its rows in the coefficients


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What cross-validation on the examples promises."""

    accuracy: float
    macro_f1: float
    examples: int
    held_out: tuple[tuple[float, bool], ...] = ()  #: confidence and whether right, surest first

    def surest(self, precision: float) -> float:
        """The lowest confidence from which on at least `precision` of the answers were right.

        Above 1, which no confidence reaches, where no cut gives that precision.
        """
        cut, right = 2.0, 0
        for taken, (confidence, is_right) in enumerate(self.held_out, start=1):
            right += is_right
            if right >= precision * taken:
                cut = confidence
        return cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Turns scores into probabilities that are right as often as they say.

    Temperature scaling, then Platt's logistic curve for the likeliest class; the others share what
    is left as they did before. Scores below `scope` are those of a text that fits no class.
    """

    temperature: float
    slope: float = 1.0
    offset: float = 0.0
    scope: float = float("-inf")

    def chances(self, scores: Floats) -> Floats:
        """Of scores, one row a text and one column a class."""
        raised = np.exp((scores - scores.max(axis=-1, keepdims=True)) / self.temperature)
        shares = raised / raised.sum(axis=-1, keepdims=True)
        best = shares.max(axis=-1, keepdims=True)
        sure = self.sure(best)
        rest = (1 - sure) / np.maximum(1 - best, _TINY)
        second = np.where(shares < best, shares, 0).max(axis=-1, keepdims=True) * rest
        return np.where(shares < best, shares * rest, np.maximum(sure, second)).astype(np.float32)

    def sure(self, best: Floats) -> Floats:
        odds = np.minimum(np.maximum(best, _TINY), 1 - _TINY)
        raised = np.exp(-(self.slope * np.log(odds / (1 - odds)) + self.offset))
        return np.asarray(1 / (1 + raised), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Everything that training decides."""

    classes: tuple[str, ...]
    blocks: Mapping[str, Block]
    coefficients: Floats  #: features × classes
    intercept: Floats
    calibration: Calibration
    expected: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The known terms of a text, each once."""

    rows: Rows  #: of the coefficients, ascending
    counts: Rows  #: how often each term stands in the text
    values: Floats


class Model:
    """Ranks a desk's categories for a text. Pure."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        blocks = parameters.blocks.values()
        self._idf = np.concatenate([np.empty(0, np.float32), *(block.idf for block in blocks)])
        self._kind = np.repeat(np.arange(len(blocks)), [len(block.idf) for block in blocks])
        self._weight = np.asarray([block.weight for block in blocks], dtype=np.float32)
        self._parts = lru_cache(maxsize=_REMEMBERED)(self._look_up_parts)

    def rank(self, features: Features) -> Ranked:
        """All categories with calibrated probabilities, best first."""
        return self._ranked(self.scores(features))

    def judge(self, features: Features) -> tuple[Ranked, bool]:
        """The ranking, and whether the text is like any that was learnt from."""
        scores = self.scores(features)
        return self._ranked(scores), bool(scores.max() >= self.parameters.calibration.scope)

    def _ranked(self, scores: Floats) -> Ranked:
        chances = self.parameters.calibration.chances(scores)
        best_first = np.argsort(-chances, kind="stable")
        classes = self.parameters.classes
        order: list[int] = best_first.tolist()
        return tuple((classes[i], float(chances[i])) for i in order)

    def scores(self, features: Features) -> Floats:
        """The linear scores, one a class, before calibration."""
        weights = self.weights(features)
        added = weights.values @ self.parameters.coefficients[weights.rows]
        return np.asarray(self.parameters.intercept + added, dtype=np.float32)

    def weights(self, features: Features) -> Weights:
        """TF-IDF with dampened counts; each kind of term has the length of its block's weight."""
        found = np.concatenate([self.found(name, features) for name in self.parameters.blocks])
        found.sort()
        new = np.ones(len(found) + 1, dtype=np.bool_)
        np.not_equal(found[1:], found[:-1], out=new[1:-1])
        first = np.flatnonzero(new)
        rows, counts = found[first[:-1]], first[1:] - first[:-1]
        values = (1 + np.log(counts.astype(np.float32))) * self._idf[rows]
        kind = self._kind[rows]
        length = np.sqrt(np.bincount(kind, values * values, minlength=len(self._weight)))
        values *= (self._weight / np.maximum(length, _TINY))[kind]
        return Weights(rows=rows, counts=counts, values=values)

    def found(self, name: str, features: Features) -> Rows:
        """The rows of the known terms of one kind in a text, each as often as it stands there."""
        match name:
            case "word":
                return self._look_up(name, words(features))
            case "char":
                return np.concatenate([_NOTHING, *map(self._parts, features.tokens)])
            case "pair":
                return self._look_up(name, pairs(features))
            case "sign":
                return self._look_up(name, features.signs)
            case _:
                return self._look_up(name, features.said)

    def parts(self, token: str) -> Rows:
        """The rows of the known parts of one word."""
        return self._parts(token)

    def _look_up(self, name: str, terms: Sequence[str]) -> Rows:
        block = self.parameters.blocks[name]
        known = [i for term in terms if (i := block.vocabulary.get(term)) is not None]
        return np.asarray(known, dtype=np.int64) + block.first_row

    def _look_up_parts(self, token: str) -> Rows:
        return self._look_up("char", parts(token))


def save(parameters: Parameters, path: Path) -> None:
    """Write whole or not at all: arrays and JSON, nothing that runs when it is read."""
    kept.save(as_arrays(parameters), path)


def load(path: Path) -> Parameters:
    """Read what `save` wrote. Raises `FileNotFoundError`, or `Unreadable` for anything else."""
    arrays = kept.load(path)
    try:
        return _parameters(arrays)
    except (ValueError, KeyError, TypeError) as exc:
        raise kept.Unreadable(path) from exc


def as_arrays(parameters: Parameters) -> dict[str, NDArray[Any]]:
    """The parameters as `load` reads them."""
    meta = {
        "classes": parameters.classes,
        "calibration": asdict(parameters.calibration),
        "expected": {
            "accuracy": parameters.expected.accuracy,
            "macro_f1": parameters.expected.macro_f1,
            "examples": parameters.expected.examples,
            "held_out": parameters.expected.held_out,
        },
        "blocks": {
            name: {"terms": list(b.vocabulary), "weight": b.weight, "first_row": b.first_row}
            for name, b in parameters.blocks.items()
        },
    }
    return {
        "meta": np.frombuffer(json.dumps(meta).encode(), dtype=np.uint8),
        "coefficients": parameters.coefficients,
        "intercept": parameters.intercept,
        **{f"idf_{name}": block.idf for name, block in parameters.blocks.items()},
    }


def _parameters(arrays: Mapping[str, NDArray[Any]]) -> Parameters:
    meta = json.loads(arrays["meta"].tobytes())
    parameters = Parameters(
        classes=tuple(meta["classes"]),
        blocks={
            name: Block(
                vocabulary={term: i for i, term in enumerate(block["terms"])},
                idf=arrays[f"idf_{name}"],
                weight=block["weight"],
                first_row=block["first_row"],
            )
            for name, block in meta["blocks"].items()
        },
        coefficients=arrays["coefficients"],
        intercept=arrays["intercept"],
        calibration=Calibration(**{name: float(v) for name, v in meta["calibration"].items()}),
        expected=_expected(meta["expected"]),
    )
    _check(parameters)
    return parameters


def _expected(meta: dict[str, Any]) -> Expected:
    held_out = tuple((float(sure), bool(right)) for sure, right in meta.pop("held_out"))
    return Expected(**meta, held_out=held_out)


def _check(parameters: Parameters) -> None:
    """Arrays that do not fit together would fail later, on a ticket."""
    rows = sum(len(block.idf) for block in parameters.blocks.values())
    fits = (
        set(parameters.blocks) <= set(BLOCKS)
        and parameters.coefficients.shape == (rows, len(parameters.classes))
        and parameters.intercept.shape == (len(parameters.classes),)
        and all(len(b.vocabulary) == len(b.idf) for b in parameters.blocks.values())
    )
    if not fits:
        raise ValueError("the arrays do not fit together")
