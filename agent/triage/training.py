"""Learning a classifier from labelled texts. The only file that imports scikit-learn.

Up to `_DUAL_MOST` examples: ridge regression on the labels in its dual form, calibrated on scores
of each example from all others, which one small matrix inverse gives too. Beyond: a linear support
vector machine, calibrated on one part that was left out.
"""

# scikit-learn and scipy ship no types; what leaves this file is numpy, typed by hand.
# pyright: reportMissingTypeStubs=false, reportArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import LinearSVC

from agent.triage.features import Features, chars, pairs, words
from agent.triage.model import Block, Calibration, Expected, Floats, Parameters

_READ: dict[str, Callable[[Features], Sequence[str]]] = {
    "word": words,
    "char": chars,
    "pair": pairs,
    "sign": lambda features: features.signs,
    "said": lambda features: features.said,
}
#: Chosen by cross-validation on a desk's examples; the result is flat around them.
_WEIGHTS = {"word": 1.0, "char": 1.0, "pair": 1.0, "sign": 0.4, "said": 0.6}
#: A pair that stands in one example only says nothing that its words do not.
_SEEN_IN = {"pair": 2}
#: For a desk: with its concepts, pairs of words add nothing and cost time.
DESK = ("word", "char", "sign", "said")
_DUAL_MOST = 4_000  #: examples
_RIDGE = 0.7
_C = 0.5
_PARTS = 5  #: of which one is left out where there are many examples
_GIVEN_UP = 0.0075  #: share of right answers that telling strangers apart may cost
_ACCEPTED_NEAR = 0.5
_ENOUGH_FOR_A_CURVE = 50  #: examples
_SEED = 7
Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Linear:
    """Scores are `features @ coefficients + intercept`, one column a class."""

    coefficients: Floats
    intercept: Floats

    def scores(self, matrix: Any) -> Floats:
        return np.asarray(matrix @ self.coefficients + self.intercept, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Learnt:
    """What was learnt from all examples, and how each scored where it was left out."""

    linear: _Linear
    held_out: Floats
    tested: Rows  #: the examples that `held_out` has scores of


def train(
    rows: Sequence[Features],
    labels: Sequence[str],
    blocks: Sequence[str] = DESK,
    *,
    near: Mapping[str, frozenset[str]] | None = None,
) -> Parameters:
    """Fit on all examples, calibrate on scores of examples that were left out.

    Needs at least two classes. Confidence is the chance that an answer would be accepted: one that
    is `near` the label is, half of the time.
    """
    classes = tuple(sorted(set(labels)))
    truth = np.asarray([classes.index(label) for label in labels])
    vectorizers = {name: _vectorizer(name, rows) for name in blocks}
    matrix = _matrix(vectorizers, rows)
    learn = _by_ridge if len(rows) <= _DUAL_MOST else _by_machine
    learnt = learn(matrix, truth, len(classes))
    tested = truth[learnt.tested]
    said = [classes[i] for i in learnt.held_out.argmax(axis=1).tolist()]
    gold = [str(labels[i]) for i in learnt.tested.tolist()]
    bordering: dict[str, frozenset[str]] = dict(near or {})
    none: frozenset[str] = frozenset()
    accepted = np.asarray(
        [
            1.0 if s == g else _ACCEPTED_NEAR * (s in bordering.get(g, none))
            for s, g in zip(said, gold, strict=True)
        ]
    )
    calibration = _calibration(learnt.held_out, tested, accepted)
    return _parameters(
        vectorizers,
        learnt.linear,
        classes,
        calibration=calibration,
        expected=_expected(calibration.chances(learnt.held_out), tested),
    )


@dataclass(frozen=True, slots=True)
class Trial:
    """How a classifier does on texts that it has not learnt from."""

    left_out: Mapping[int, str]
    """By number, what an example is taken for by a classifier of the others."""
    others: tuple[str, ...]  #: what further texts are taken for by a classifier of all examples


def trial(
    rows: Sequence[Features],
    labels: Sequence[str],
    others: Sequence[Features] = (),
    blocks: Sequence[str] = DESK,
) -> Trial:
    """Cross-validate on examples, and judge other texts; needs at least two classes."""
    classes = tuple(sorted(set(labels)))
    truth = np.asarray([classes.index(label) for label in labels])
    vectorizers = {name: _vectorizer(name, rows) for name in blocks}
    learn = _by_ridge if len(rows) <= _DUAL_MOST else _by_machine
    learnt = learn(_matrix(vectorizers, rows), truth, len(classes))
    said = [classes[i] for i in learnt.held_out.argmax(axis=1).tolist()]
    judged = learnt.linear.scores(_matrix(vectorizers, others)) if others else None
    return Trial(
        left_out=dict(zip(learnt.tested.tolist(), said, strict=True)),
        others=tuple(classes[i] for i in judged.argmax(axis=1).tolist())
        if judged is not None
        else (),
    )


def _by_ridge(matrix: Any, truth: Rows, classes: int) -> _Learnt:
    """One against all, by least squares; every class weighs as much as any other.

    Source of the dual form: Saunders, Gammerman and Vovk, Ridge Regression Learning Algorithm in
    Dual Variables (1998); the constant feature is the intercept. The score that an example would
    get from a model of all others follows from the inverse: Rifkin and Lippert, Notes on
    Regularized Least Squares (2007), equation 9.
    """
    kernel = np.asarray((matrix @ matrix.T).todense(), dtype=np.float64) + 1.0
    wanted = np.where(truth[:, None] == np.arange(classes)[None], 1.0, -1.0)
    counts = np.bincount(truth)
    penalty = _RIDGE * counts[truth] * np.count_nonzero(counts) / len(truth)
    inverse = np.linalg.inv(kernel + np.diag(penalty))
    weights = inverse @ wanted
    held_out = wanted - weights / np.diag(inverse)[:, None]
    linear = _Linear(
        coefficients=np.asarray(matrix.T @ weights, dtype=np.float32),
        intercept=weights.sum(axis=0).astype(np.float32),
    )
    return _Learnt(linear, held_out.astype(np.float32), np.arange(len(truth)))


def _by_machine(matrix: Any, truth: Rows, classes: int) -> _Learnt:
    train_at, test_at = _parts(truth)
    held_out = _machine(matrix[train_at], truth[train_at], classes).scores(matrix[test_at])
    return _Learnt(_machine(matrix, truth, classes), held_out, test_at)


def _machine(matrix: Any, truth: Rows, classes: int) -> _Linear:
    learner = LinearSVC(C=_C, random_state=_SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "did not converge": good enough, and seen in the scores
        learner.fit(matrix, truth)
    coefficients = np.asarray(learner.coef_, dtype=np.float32).T
    intercept = np.asarray(learner.intercept_, dtype=np.float32)
    if len(intercept) == 1:
        coefficients = np.hstack([-coefficients, coefficients])
        intercept = np.concatenate([-intercept, intercept])
    known = np.asarray(learner.classes_)
    linear = _Linear(
        coefficients=np.zeros((coefficients.shape[0], classes), dtype=np.float32),
        intercept=np.full(classes, intercept.min() - 1, dtype=np.float32),
    )
    linear.coefficients[:, known] = coefficients
    linear.intercept[known] = intercept
    return linear


def _parts(truth: Rows) -> tuple[Rows, Rows]:
    """One part to learn from and one to test on, classes in proportion where they suffice."""
    rarest = min(Counter(truth.tolist()).values())
    folds = (StratifiedKFold if rarest >= _PARTS else KFold)(
        _PARTS, shuffle=True, random_state=_SEED
    )
    return next(iter(folds.split(np.zeros(len(truth)), truth)))


def _vectorizer(name: str, rows: Sequence[Features]) -> TfidfVectorizer:
    vectorizer = TfidfVectorizer(
        analyzer=_READ[name], sublinear_tf=True, dtype=np.float32, min_df=_SEEN_IN.get(name, 1)
    )
    try:
        vectorizer.fit(rows)
    except ValueError:  # no feature of this kind at all: one that never occurs stands in
        nothing = Features(tokens=("\x00", "\x01"), signs=("\x00",), said=("\x00",))
        vectorizer.fit([nothing, nothing])
    return vectorizer


def _matrix(vectorizers: dict[str, TfidfVectorizer], rows: Sequence[Features]) -> Any:
    parts = [v.transform(rows) * _WEIGHTS[name] for name, v in vectorizers.items()]
    return hstack(parts, format="csr")


def _calibration(scores: Floats, truth: Rows, accepted: NDArray[np.float64]) -> Calibration:
    """From scores of examples that were left out, and how far each answer is accepted."""
    temperature = _temperature(scores, truth)
    right = scores.argmax(axis=1) == truth
    cut = _scope(scores.max(axis=1), right)
    plain = Calibration(temperature=temperature, scope=cut)
    if len(truth) < _ENOUGH_FOR_A_CURVE or right.all() or not right.any():
        return plain
    best = np.clip(plain.chances(scores).max(axis=1), 1e-6, 1 - 1e-6)
    odds = np.log(best / (1 - best))[:, None]
    curve = LogisticRegression(C=100.0).fit(
        np.concatenate([odds, odds]),
        np.repeat([True, False], len(best)),
        sample_weight=np.concatenate([accepted, 1 - accepted]),
    )
    return Calibration(
        temperature=temperature,
        slope=float(curve.coef_[0, 0]),
        offset=float(curve.intercept_[0]),
        scope=cut,
    )


def _scope(best: Floats, right: NDArray[np.bool_]) -> float:
    """The highest score below which at most `_GIVEN_UP` of all answers are right."""
    in_order = np.argsort(best, kind="stable")
    lost = np.cumsum(right[in_order])
    free = int(np.searchsorted(lost, _GIVEN_UP * len(best), side="right"))
    return float(best[in_order[min(free, len(best) - 1)]])


def _temperature(scores: Floats, truth: Rows) -> float:
    """The divisor under which the left-out answers are least surprising (temperature scaling).

    Each class is taken to have been seen once more on any text, so that a few examples, all right,
    do not make it certain.
    """
    candidates = np.geomspace(0.02, 5, 120)
    losses = [_surprise(scores / t, truth) for t in candidates]
    return float(candidates[int(np.argmin(losses))])


def _surprise(scores: NDArray[np.floating[Any]], truth: Rows) -> float:
    rows, classes = scores.shape
    shifted = scores - scores.max(axis=1, keepdims=True)
    surprises = np.log(np.exp(shifted).sum(axis=1, keepdims=True)) - shifted
    chosen = float(surprises[np.arange(rows), truth].mean())
    return (rows * chosen + classes * float(surprises.mean())) / (rows + classes)


def _expected(chances: Floats, truth: Rows) -> Expected:
    guess = chances.argmax(axis=1)
    sure = chances.max(axis=1)
    right = guess == truth
    surest = np.argsort(-sure, kind="stable")
    return Expected(
        accuracy=float(np.mean(right)),
        macro_f1=float(f1_score(truth, guess, average="macro", zero_division=0)),
        examples=len(truth),
        held_out=tuple((float(sure[i]), bool(right[i])) for i in surest),
    )


def _parameters(
    vectorizers: dict[str, TfidfVectorizer],
    linear: _Linear,
    classes: tuple[str, ...],
    *,
    calibration: Calibration,
    expected: Expected,
) -> Parameters:
    blocks: dict[str, Block] = {}
    row = 0
    for name in vectorizers:
        blocks[name] = _block(vectorizers[name], _WEIGHTS[name], row)
        row += len(blocks[name].idf)
    return Parameters(
        classes=classes,
        blocks=blocks,
        coefficients=np.ascontiguousarray(linear.coefficients),
        intercept=linear.intercept,
        calibration=calibration,
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
