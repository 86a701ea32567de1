"""Learning the classifier from a desk's examples. The only file that imports scikit-learn."""

# scikit-learn and scipy ship no types; what leaves this file is numpy, typed by hand.
# pyright: reportMissingTypeStubs=false, reportArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import LinearSVC

from agent.triage.features import BLOCKS, Features, chars, words
from agent.triage.model import Block, Expected, Floats, Parameters

_READ: dict[str, Callable[[Features], Sequence[str]]] = {
    "word": words,
    "char": chars,
    "sign": lambda features: features.signs,
}
#: Chosen by cross-validation on a desk's examples; the result is flat around them.
_WEIGHTS = {"word": 1.0, "char": 1.0, "sign": 1.2}
_C = 0.5
_FOLDS = 5
_SEED = 7


@dataclass(frozen=True, slots=True)
class _Fitted:
    vectorizers: dict[str, TfidfVectorizer]
    learner: Any

    def scores(self, rows: Sequence[Features]) -> Floats:
        raw = np.asarray(self.learner.decision_function(_matrix(self.vectorizers, rows)))
        return np.column_stack([-raw, raw]) if raw.ndim == 1 else raw


def train(rows: Sequence[Features], labels: Sequence[str]) -> Parameters:
    """Fit on all examples, calibrate on scores of examples that were left out.

    Needs at least two classes.
    """
    classes = tuple(sorted(set(labels)))
    truth = np.asarray([classes.index(label) for label in labels])
    held_out = out_of_fold(rows, truth, len(classes))
    return _parameters(
        _fit(rows, truth),
        classes,
        temperature=_temperature(held_out, truth),
        expected=_expected(held_out, truth),
    )


def out_of_fold(rows: Sequence[Features], truth: NDArray[np.int64], classes: int) -> Floats:
    """Scores of each example from a model that has not seen it; lowest where it could not."""
    held_out = np.zeros((len(rows), classes), dtype=np.float64)
    for train_at, test_at in _splits(truth):
        fitted = _fit([rows[i] for i in train_at], truth[train_at])
        scores = fitted.scores([rows[i] for i in test_at])
        known = np.asarray(fitted.learner.classes_)
        held_out[test_at] = scores.min() - 1
        held_out[np.ix_(test_at, known)] = scores
    return held_out.astype(np.float32)


def _splits(truth: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Folds with every class in each where its examples suffice."""
    rarest = min(Counter(truth.tolist()).values())
    if rarest >= 2:
        folds = StratifiedKFold(min(_FOLDS, rarest), shuffle=True, random_state=_SEED)
        parts = list(folds.split(np.zeros(len(truth)), truth))
    else:
        folds = KFold(min(_FOLDS, len(truth)), shuffle=True, random_state=_SEED)
        parts = list(folds.split(np.zeros(len(truth))))
    return [(a, b) for a, b in parts if len(set(truth[a].tolist())) > 1]


def _fit(rows: Sequence[Features], truth: NDArray[np.int64]) -> _Fitted:
    vectorizers = {
        name: TfidfVectorizer(analyzer=_READ[name], sublinear_tf=True, dtype=np.float32)
        for name in BLOCKS
    }
    for vectorizer in vectorizers.values():
        _learn_words(vectorizer, rows)
    learner = LinearSVC(C=_C, class_weight="balanced", random_state=_SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "did not converge": good enough, and seen in the scores
        learner.fit(_matrix(vectorizers, rows), truth)
    return _Fitted(vectorizers=vectorizers, learner=learner)


def _learn_words(vectorizer: TfidfVectorizer, rows: Sequence[Features]) -> None:
    try:
        vectorizer.fit(rows)
    except ValueError:  # no feature of this kind at all: one that never occurs stands in
        vectorizer.fit([Features(tokens=("\x00",), signs=("\x00",))])


def _matrix(vectorizers: dict[str, TfidfVectorizer], rows: Sequence[Features]) -> Any:
    return hstack(
        [vectorizers[name].transform(rows) * _WEIGHTS[name] for name in BLOCKS], format="csr"
    )


def _temperature(scores: Floats, truth: NDArray[np.int64]) -> float:
    """The divisor under which the left-out answers are least surprising (temperature scaling)."""
    candidates = np.geomspace(0.02, 5, 120)
    losses = [_surprise(scores / t, truth) for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def _surprise(scores: NDArray[np.floating[Any]], truth: NDArray[np.int64]) -> float:
    shifted = scores - scores.max(axis=1, keepdims=True)
    chosen = shifted[np.arange(len(truth)), truth]
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - chosen))


def _expected(scores: Floats, truth: NDArray[np.int64]) -> Expected:
    guess = scores.argmax(axis=1)
    return Expected(
        accuracy=float(np.mean(guess == truth)),
        macro_f1=float(f1_score(truth, guess, average="macro", zero_division=0)),
        examples=len(truth),
    )


def _parameters(
    fitted: _Fitted, classes: tuple[str, ...], *, temperature: float, expected: Expected
) -> Parameters:
    blocks: dict[str, Block] = {}
    row = 0
    for name in BLOCKS:
        blocks[name] = _block(fitted.vectorizers[name], _WEIGHTS[name], row)
        row += len(blocks[name].idf)
    coefficients = np.asarray(fitted.learner.coef_, dtype=np.float32).T
    intercept = np.asarray(fitted.learner.intercept_, dtype=np.float32)
    if len(classes) == 2:
        coefficients = np.hstack([-coefficients, coefficients])
        intercept = np.concatenate([-intercept, intercept])
    return Parameters(
        classes=classes,
        blocks=blocks,
        coefficients=np.ascontiguousarray(coefficients),
        intercept=intercept,
        temperature=temperature,
        expected=expected,
    )


def _block(vectorizer: TfidfVectorizer, weight: float, first_row: int) -> Block:
    vocabulary = cast(dict[str, int], vectorizer.vocabulary_)
    in_order = sorted(vocabulary, key=vocabulary.__getitem__)
    return Block(
        vocabulary={term: i for i, term in enumerate(in_order)},
        idf=np.asarray(vectorizer.idf_, dtype=np.float32),
        weight=weight,
        first_row=first_row,
    )
