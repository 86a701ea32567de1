"""`citedesk eval model`: a model's triage beside the classifier's, and both together.

The pooling is fitted on four fifths of the labelled tickets and measured on the fifth that it has
not seen, in turn, so that "together" is what a ticket of tomorrow can expect.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from agent.domain.desk import Desk
from agent.domain.triage import Triage
from agent.evals import measures
from agent.evals.errors import EvalError
from agent.evals.tickets import Case, ticket_of
from agent.pipeline.model.combine import Calibration, Ranked, Said, combined, fitted
from agent.pipeline.model.combine import Case as Pair
from agent.pipeline.model.errors import ModelError
from agent.pipeline.model.schema import Sure
from agent.pipeline.model.triager import ModelTriager, raised
from agent.pipeline.ports import Clock, Run, Triager
from engine.errors import EngineError

_FOLDS: Final = 5
_AT_ONCE: Final = 8  #: calls in flight
_EACH: Final = timedelta(seconds=120)
FIGURES: Final = ("accuracy", "macro_f1", "calibration_error")


class NoAnswers(EvalError):
    """The engine answered no ticket at all."""

    def __init__(self, why: str) -> None:
        super().__init__(f"no ticket was answered ({why}); try `citedesk engine check`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One labelled ticket with what both said of it."""

    case: Case
    free: Triage
    said: Said
    priority: str  #: by both together

    @property
    def pair(self) -> Pair:
        return Pair(free=self.free.ranked, said=self.said, truth=self.case.category)


async def ask_all(
    cases: Sequence[Case], desk: Desk, triager: ModelTriager, free: Triager, clock: Clock
) -> tuple[list[Answered], int]:
    """Every ticket's answers, and how many got none; raises `NoAnswers` where all failed."""
    places = asyncio.Semaphore(_AT_ONCE)
    failed: list[Exception] = []

    async def one(case: Case) -> Answered | None:
        async with places:
            try:
                return await _ask(case, desk, triager, free, clock())
            except (EngineError, ModelError) as exc:
                failed.append(exc)
                return None

    found = await asyncio.gather(*(one(case) for case in cases))
    answered = [one for one in found if one is not None]
    if not answered:
        raise NoAnswers(str(failed[0]) if failed else "the file has none")
    return answered, len(failed)


async def _ask(
    case: Case, desk: Desk, triager: ModelTriager, free: Triager, now: datetime
) -> Answered:
    ticket = ticket_of(case, desk)
    by_rules = await free.triage(ticket, desk)
    answer, _ = await triager.said(ticket, desk, Run(deadline=now + _EACH))
    return Answered(
        case=case,
        free=by_rules,
        said=Said(category=answer.category, or_else=answer.or_else, sure=answer.sure),
        priority=raised(by_rules.priority, answer.priority).value,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    report: dict[str, Any]
    calibration: Calibration  #: fitted on all of them


def measure_model(answered: Sequence[Answered], desk: Desk, unanswered: int = 0) -> Measured:
    """Both sides alone and together, and the calibration to keep. Pure."""
    names = [category.id for category in desk.categories]
    calibration = fitted([one.pair for one in answered], names)
    together = _unseen(answered, names)
    alone = [_model_alone(one, calibration) for one in answered]
    return Measured(
        report={
            "cases": len(answered),
            "unanswered": unanswered,
            "classifier": _figures(answered, [one.free.ranked for one in answered]),
            "model": _figures(answered, alone),
            "together": _figures(answered, together),
            "priority": _priority(answered),
            "right_when": {sure.value: measures.rounded(calibration.right[sure]) for sure in Sure},
            "weights": {"model": calibration.model, "classifier": calibration.free},
        },
        calibration=calibration,
    )


def _unseen(answered: Sequence[Answered], names: Sequence[str]) -> list[Ranked]:
    """Each ticket ranked by a pooling that was fitted without it."""
    fits = [
        fitted([one.pair for n, one in enumerate(answered) if n % _FOLDS != fold], names)
        for fold in range(_FOLDS)
    ]
    return [
        combined(one.free.ranked, one.said, names, fits[n % _FOLDS])
        for n, one in enumerate(answered)
    ]


def _model_alone(one: Answered, calibration: Calibration) -> Ranked:
    """The category that the model itself named, as surely as its level has been right."""
    return ((one.said.category, calibration.right[one.said.sure]),)


def _figures(answered: Sequence[Answered], ranked: Sequence[Ranked]) -> dict[str, float | None]:
    best = [one[0] if one else ("", 0.0) for one in ranked]
    allowed = [{a.case.category, *a.case.gold_category_alt} for a in answered]
    right = [name in wanted for (name, _), wanted in zip(best, allowed, strict=True)]
    gold = [one.case.category for one in answered]
    said = [g if r else name for g, r, (name, _) in zip(gold, right, best, strict=True)]
    return {
        "accuracy": measures.rounded(measures.share(right)),
        "macro_f1": measures.rounded(measures.macro_f1(gold, said)),
        "calibration_error": measures.rounded(
            measures.calibration_error([chance for _, chance in best], right)
        ),
    }


def _priority(answered: Sequence[Answered]) -> dict[str, float | None]:
    known = [one for one in answered if one.case.priority is not None]
    return {
        "classifier": measures.rounded(
            measures.share(one.free.priority.value == one.case.priority for one in known)
        ),
        "together": measures.rounded(
            measures.share(one.priority == one.case.priority for one in known)
        ),
    }


def rows_of(report: dict[str, Any]) -> list[tuple[str, ...]]:
    """The three sides as rows."""
    return [
        (side, *(f"{report[side][figure]:.3f}" for figure in FIGURES))
        for side in ("classifier", "model", "together")
    ]
