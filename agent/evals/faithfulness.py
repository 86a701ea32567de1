"""`citedesk eval faithfulness`: models' answers over passages, with the unsupported spans marked.

Reads the form of RAGTruth (Niu et al., 2024): `d1` the passages, `d2` the answer, `labels` spans.
"""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.citations.grounding import Grounding, ground
from agent.evals import measures
from agent.evals.claims import source_of
from agent.evals.errors import BadCases

LANGUAGE = "en"


class Span(BaseModel):
    """Characters of the answer that no passage supports."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class Answer(BaseModel):
    """A model's answer over passages."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    d1: Annotated[str, Field(min_length=1, max_length=1_000_000)]
    d2: Annotated[str, Field(max_length=1_000_000)]
    labels: tuple[Span, ...] = ()
    source_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An answer and what is doubted of it."""

    answer: Answer
    sentences: tuple[Grounding, ...]
    doubt: float  #: of the whole answer; only its order counts
    flagged: bool
    spans: tuple[tuple[int, int], ...]


def read_answers(path: Path) -> list[Answer]:
    """The answers of a JSON Lines file, plain or gzip. Raises `BadCases` at the first fault."""
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8-sig") as file
        ):
            lines = file.read().split("\n")
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as exc:
        mend = "give JSON Lines in UTF-8, or the same in gzip"
        raise BadCases(path, "cannot be read", mend=mend) from exc
    answers = [_answer(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    if not answers:
        raise BadCases(path, "holds no answer", mend="write one JSON object a line")
    return answers


def _answer(path: Path, number: int, line: str) -> Answer:
    mend = "give d1 (passages), d2 (answer) and labels (spans with start and end in d2)"
    try:
        answer = Answer.model_validate(json.loads(line))
    except json.JSONDecodeError as exc:
        raise BadCases(path, f"is not JSON ({exc.msg})", line=number, mend=mend) from exc
    except ValidationError as exc:
        error = exc.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, error["loc"])) or "the line"
        problem = f"field {field!r}: {error['msg'][:1].lower()}{error['msg'][1:]}"
        raise BadCases(path, problem, line=number, mend=mend) from exc
    for span in answer.labels:
        if not span.start <= span.end <= len(answer.d2):
            problem = f"span {span.start} to {span.end} is not in d2 ({len(answer.d2)} characters)"
            raise BadCases(path, problem, line=number, mend=mend)
    return answer


def grounded(answer: Answer, *, deep: bool = False) -> tuple[Grounding, ...]:
    return ground(answer.d2, [source_of(answer.d1, LANGUAGE)], LANGUAGE, deep=deep)


def judged(answer: Answer) -> Judged:
    """An answer as the checker ships: flagged for its most doubtful sentence."""
    sentences = grounded(answer)
    return Judged(
        answer=answer,
        sentences=sentences,
        doubt=max((one.score for one in sentences), default=0.0),
        flagged=any(one.flagged for one in sentences),
        spans=tuple((one.start, one.end) for one in sentences if one.flagged),
    )


def measure_faithfulness(found: Sequence[Judged]) -> dict[str, Any]:
    """Precision, recall, F1 and AUROC over answers; precision, recall and F1 over characters."""
    wrong = [bool(one.answer.labels) for one in found]
    hits = sum(w and one.flagged for w, one in zip(wrong, found, strict=True))
    return {
        "answers": len(found),
        "unfaithful": sum(wrong),
        "response": {
            **_rates(hits, sum(one.flagged for one in found), sum(wrong)),
            "auroc": measures.rounded(
                measures.auroc(
                    [one.doubt for w, one in zip(wrong, found, strict=True) if w],
                    [one.doubt for w, one in zip(wrong, found, strict=True) if not w],
                )
            ),
        },
        "span": _characters(found),
    }


def _characters(found: Sequence[Judged]) -> dict[str, float | None]:
    hits = said = there = 0
    for one in found:
        gold = {at for span in one.answer.labels for at in range(span.start, span.end)}
        flagged = {at for start, end in one.spans for at in range(start, end)}
        hits, said, there = hits + len(gold & flagged), said + len(flagged), there + len(gold)
    return _rates(hits, said, there)


def _rates(hits: int, said: int, there: int) -> dict[str, float | None]:
    return {
        "precision": measures.rounded(hits / said if said else None),
        "recall": measures.rounded(hits / there if there else None),
        "f1": measures.rounded(2 * hits / (said + there) if said + there else None),
    }


def rows_of(report: dict[str, Any]) -> list[tuple[str, ...]]:
    """The report as a table."""
    return [
        (
            level,
            *("-" if (v := report[level].get(name)) is None else f"{v:.1%}" for name in FIGURES),
        )
        for level in ("response", "span")
    ]


FIGURES = ("precision", "recall", "f1", "auroc")
