"""The faithfulness judge fitted to one kind of answers: trees over what the checker sees.

Fitted where it is measured and thrown away: no weight of it ships.
"""

# scikit-learn ships no types; what leaves this file is typed by hand.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from agent.citations.grounding import Grounding
from agent.evals.errors import EvalError
from agent.evals.faithfulness import Answer, Judged, grounded

_FOLDS = 5
Vector = list[float]


class Fitted:
    """Judges answers as those of a development file were labelled."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        if len({bool(one.labels) for one in answers}) < 2:
            raise EvalError("--fit: the file needs answers with and without spans")
        read = [(one, grounded(one, deep=True)) for one in answers]
        self._names = sorted({name for _, g in read for one in g for name in one.seen})
        groups = [one.source_id or one.d1 for one, _ in read]
        self._fit_sentences(read, groups)
        self._fit_answers(read, groups)

    def judged(self, answer: Answer) -> Judged:
        """An answer with its doubt as a probability, and the sentences to doubt."""
        sentences = grounded(answer, deep=True)
        return self._judge(answer, sentences, self._doubts(sentences))

    def _judge(
        self, answer: Answer, sentences: Sequence[Grounding], doubts: Sequence[float]
    ) -> Judged:
        whole = _probability(self._whole, [_summary(sentences, doubts)])[0]
        flagged = whole >= self._answer_flag
        return Judged(
            answer=answer,
            sentences=tuple(sentences),
            doubt=whole,
            flagged=flagged,
            spans=tuple(
                (one.start, one.end)
                for one, doubt in zip(sentences, doubts, strict=True)
                if doubt * whole >= self._span_flag
            ),
        )

    def _doubts(self, sentences: Sequence[Grounding]) -> list[float]:
        rows = _rows(sentences, self._names)
        return _probability(self._each, rows) if rows else []

    def _fit_sentences(
        self, read: Sequence[tuple[Answer, Sequence[Grounding]]], groups: Sequence[str]
    ) -> None:
        rows = [row for _, sentences in read for row in _rows(sentences, self._names)]
        labels = [_marked(one, answer) for answer, sentences in read for one in sentences]
        groups = [g for (_, s), g in zip(read, groups, strict=True) for _ in s]
        self._said = iter(_cross(_forest(), rows, labels, groups))
        self._each = _forest().fit(np.array(rows), labels)

    def _fit_answers(
        self, read: Sequence[tuple[Answer, Sequence[Grounding]]], groups: Sequence[str]
    ) -> None:
        """Fit on what cross-validation says of the sentences, so that it is not too sure."""
        doubts = [[next(self._said) for _ in sentences] for _, sentences in read]
        rows = [_summary(s, d) for (_, s), d in zip(read, doubts, strict=True)]
        labels = [bool(answer.labels) for answer, _ in read]
        said = _cross(_line(), rows, labels, groups)
        self._whole = _line().fit(np.array(rows), labels)
        self._answer_flag = _best(said, labels, [1] * len(labels))
        weighed = [
            (d * whole, _marked(one, answer), one.end - one.start)
            for (answer, s), ds, whole in zip(read, doubts, said, strict=True)
            for one, d in zip(s, ds, strict=True)
        ]
        self._span_flag = _best(*(list(column) for column in zip(*weighed, strict=True)))


def _rows(sentences: Sequence[Grounding], names: Sequence[str]) -> list[Vector]:
    top = max((one.score for one in sentences), default=0.0)
    return [
        [
            one.score,
            one.score - top,
            one.new_words,
            one.words,
            one.new_words / max(one.words, 1),
            one.new_values,
            at / max(len(sentences) - 1, 1),
            len(sentences),
            sentences[at - 1].score if at else 0.0,
            sentences[at + 1].score if at + 1 < len(sentences) else 0.0,
            *(one.seen.get(name, 1.0) for name in names),
        ]
        for at, one in enumerate(sentences)
    ]


def _summary(sentences: Sequence[Grounding], doubts: Sequence[float]) -> Vector:
    ranked = [*sorted(doubts, reverse=True), 0.0, 0.0, 0.0]
    scores = [*sorted((one.score for one in sentences), reverse=True), 0.0, 0.0]
    return [
        *ranked[:3],
        sum(doubts),
        scores[0],
        scores[1],
        sum(max(0.0, score) for score in scores),
        sum(one.new_words for one in sentences),
        sum(one.new_values for one in sentences),
        sum(one.words for one in sentences),
        len(sentences),
    ]


def _marked(one: Grounding, answer: Answer) -> bool:
    """Whether most of a sentence is marked as unsupported."""
    marked = sum(
        max(0, min(one.end, span.end) - max(one.start, span.start)) for span in answer.labels
    )
    return marked > 0.3 * (one.end - one.start)


def _forest() -> Any:
    forest = cast(Any, RandomForestClassifier)
    return forest(120, min_samples_leaf=8, max_features=0.3, random_state=0)


def _line() -> Any:
    return Pipeline(
        [("scale", StandardScaler()), ("odds", LogisticRegression(C=0.02, max_iter=3_000))]
    )


def _cross(
    model: Any, rows: Sequence[Vector], labels: Sequence[bool], groups: Sequence[str]
) -> list[float]:
    folds = min(_FOLDS, len(set(groups)))
    if folds < 2:
        raise EvalError("--fit: the file needs answers over two sources at least")
    said = cast(Any, cross_val_predict)(
        model, np.array(rows), labels, groups=groups, cv=GroupKFold(folds), method="predict_proba"
    )
    return cast(list[float], said[:, 1].tolist())


def _probability(model: Any, rows: Sequence[Vector]) -> list[float]:
    return cast(list[float], model.predict_proba(np.array(rows))[:, 1].tolist())


def _best(said: Sequence[float], labels: Sequence[bool], weights: Sequence[float]) -> float:
    """The threshold of the highest F1."""
    there = sum(w for label, w in zip(labels, weights, strict=True) if label)
    best, flag, hits, flagged = 0.0, 1.0, 0.0, 0.0
    for value, label, weight in sorted(zip(said, labels, weights, strict=True), reverse=True):
        flagged += weight
        hits += weight * label
        if 2 * hits / (flagged + there) > best:
            best, flag = 2 * hits / (flagged + there), value
    return flag
