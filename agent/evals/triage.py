"""`citedesk eval triage`: the classifier alone, on any labelled texts, rejection included."""

import csv
import gzip
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.evals import measures
from agent.evals.errors import BadCases
from agent.triage.features import BLOCKS, Features, tokens
from agent.triage.folding import compose, fold
from agent.triage.model import Model, Ranked

_GZIP = b"\x1f\x8b"
_LONGEST = 1_000_000  #: characters of one cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A text and its label."""

    text: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A labelled text, how its labels rank, and whether it is like what was learnt."""

    gold: str
    ranked: Ranked
    score: float  #: of the best label, before calibration
    refused: str | None = None  #: the label of what is out of scope, where the text was refused

    @property
    def best(self) -> str:
        return self.ranked[0][0]

    @property
    def said(self) -> str:
        return self.refused or self.best

    @property
    def confidence(self) -> float:
        return self.ranked[0][1]

    @property
    def right(self) -> bool:
        return self.said == self.gold


def read_labelled(path: Path) -> list[Labelled]:
    """Rows of a CSV of text and label below a header of any names; gzip is seen by its content.

    Raises `BadCases` with the line at fault.
    """
    rows = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    labelled: list[Labelled] = []
    try:
        header = next(rows, None)
        if header is None:
            raise BadCases(path, "is empty", mend="write a header, then text and label a row")
        if len(header) != 2:
            problem = f"the header has {len(header)} columns, not 2"
            raise BadCases(path, problem, line=1, mend="write text, then label")
        for cells in rows:
            if cells:
                labelled.append(_labelled(path, rows.line_num, cells))
    except csv.Error as exc:
        raise BadCases(path, f"not CSV: {exc}", line=rows.line_num, mend="mend the quotes") from exc
    if not labelled:
        raise BadCases(path, "has no rows below its header", mend="write text and label a row")
    return labelled


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        if data.startswith(_GZIP):
            data = gzip.decompress(data)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadCases(path, "is not UTF-8", mend="save it as UTF-8") from exc
    except (OSError, EOFError) as exc:
        raise BadCases(path, "is a broken gzip file", mend="pack it again") from exc


def _labelled(path: Path, line: int, cells: Sequence[str]) -> Labelled:
    if len(cells) != 2:
        problem = f"has {len(cells)} cells, not 2"
        raise BadCases(path, problem, line=line, mend="quote a text that holds a comma")
    text, label = cells[0].strip(), cells[1].strip()
    if not text or not label:
        missing = "label" if text else "text"
        raise BadCases(path, f"the {missing} is empty", line=line, mend="write it or drop the row")
    return Labelled(text=text[:_LONGEST], label=label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The figures, and the answers that they are of."""

    report: dict[str, Any]
    answers: tuple[Answer, ...]


def measure_triage(
    train: Sequence[Labelled], test: Sequence[Labelled], *, reject: str | None = None
) -> Measured:
    """Learn from `train`, answer `test`.

    Rows labelled `reject` are out of scope: never learnt, and right when they are refused. What is
    refused is decided by a part of `train`. Raises `BadCases` where there is nothing to tell apart.
    """
    started = time.process_time()
    learnt = [row for row in train if row.label != reject]
    if len({row.label for row in learnt}) < 2:
        raise BadCases("the training file", "has fewer than two labels", mend="add another")
    model = _learn(learnt)
    answers = tuple(_answer(model, row, reject) for row in test)
    seconds = time.process_time() - started
    return Measured(
        report={**_report(answers, learnt, reject), "seconds": round(seconds, 2)}, answers=answers
    )


def _learn(rows: Sequence[Labelled]) -> Model:
    from agent.triage.training import train  # scikit-learn takes seconds to import

    return Model(train([_features(row.text) for row in rows], [row.label for row in rows], BLOCKS))


def _features(text: str) -> Features:
    return Features(tokens=tokens(fold(compose(text))))


def _answer(model: Model, row: Labelled, reject: str | None) -> Answer:
    features = _features(row.text)
    ranked, fits = model.judge(features)
    score = float(model.scores(features).max())
    return Answer(gold=row.label, ranked=ranked, score=score, refused=None if fits else reject)


def _report(
    answers: Sequence[Answer], learnt: Sequence[Labelled], reject: str | None
) -> dict[str, Any]:
    """Shares are of all rows; what is refused counts as an answer of the label `reject`."""
    report: dict[str, Any] = {
        "train": len(learnt),
        "test": len(answers),
        "labels": len({row.label for row in learnt}),
        "accuracy": measures.rounded(measures.share(a.right for a in answers)),
        "macro_f1": measures.rounded(
            measures.macro_f1([a.gold for a in answers], [a.said for a in answers])
        ),
    }
    if reject is not None:
        report |= _rejection(answers, reject)
    return report


def _rejection(answers: Sequence[Answer], reject: str) -> dict[str, Any]:
    inside = [a for a in answers if a.gold != reject]
    outside = [a for a in answers if a.gold == reject]
    auroc = measures.auroc([a.score for a in inside], [a.score for a in outside])
    return {
        "in_scope_accuracy": measures.rounded(measures.share(a.right for a in inside)),
        "out_of_scope_recall": measures.rounded(measures.share(a.right for a in outside)),
        "auroc": measures.rounded(auroc),
    }
