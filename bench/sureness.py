"""Fit and test the weights of `agent.pipeline.sureness` on tickets whose answers are known.

    python -m bench.sureness tests/data/tickets_dev.jsonl tests/data/tickets_hard.jsonl \
        --test tests/data/tickets_check.jsonl
"""

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.bootstrap import Desks, build_desks
from agent.domain.ids import DeskName, EventId
from agent.intake import Received, to_ticket
from agent.pipeline.match import Matcher
from agent.pipeline.phrasings import phrasings_of
from agent.pipeline.ports import Research
from agent.pipeline.questions import Asked
from agent.pipeline.quotes import Asking, Judged, judge, quotes_of
from agent.pipeline.research import DeskResearcher
from agent.pipeline.sureness import Signs
from agent.settings import Settings
from bench.answers import NOW, Case, read_cases

Numbers = NDArray[np.float64]
Sure = Callable[[Numbers], Numbers]
FOLDS = 8
_STEPS = 30  #: more than enough to converge on eight weights
LEVELS = (0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a ticket, with the signs of each quote and whether it holds a fact."""

    ticket: str
    answerable: bool
    signs: Numbers
    right: NDArray[np.bool_]


async def questions_of(cases: Iterable[Case], desks: Desks) -> list[Question]:
    researcher = DeskResearcher(desks.registry)
    found: list[Question] = []
    for case in cases:
        desk = desks.desks[DeskName(case.event.desk)]
        received = Received(
            event_id=EventId(case.event.ticket_id), event=case.event, received_at=NOW
        )
        ticket = to_ticket([received], desk)
        phrasings = phrasings_of(desk, ticket.language)
        triage = desks.triage[desk.name].triage(ticket)
        research = await researcher.research(ticket, triage, desk)
        asking = Asking(
            categories=dict(triage.ranked),
            country=ticket.requester.country,
            phrasings=phrasings,
            above=0.0,
        )
        matcher = Matcher(desk, ticket.language)
        served = {policy.file: policy.categories for policy in desk.policies}
        if phrasings:
            found += _questions(case, research, matcher, asking, served)
    return found


def _questions(
    case: Case,
    research: Research,
    matcher: Matcher,
    asking: Asking,
    served: dict[str, tuple[str, ...]],
) -> list[Question]:
    quotes = [
        quote
        for ground in research.grounds
        if ground.source.ref.policy_id
        for quote in quotes_of(ground, matcher, served[ground.source.ref.file or ""])
    ]
    found: list[Question] = []
    for text, context in zip(research.questions, research.contexts, strict=True):
        question = Asked(text=text, context=context)
        judged = judge(question, matcher.probe(question), quotes, matcher, asking)
        if judged:
            found.append(_question(case, judged))
    return found


def _question(case: Case, judged: Sequence[Judged]) -> Question:
    signs = [astuple(j.signs) for j in judged if j.signs is not None]
    right = [
        case.answerable and any(_holds(j.quote.text, options) for options in case.expects)
        for j in judged
    ]
    return Question(
        ticket=case.event.ticket_id,
        answerable=case.answerable,
        signs=np.array(signs),
        right=np.array(right),
    )


def _holds(text: str, options: Sequence[str]) -> bool:
    return any(option.casefold() in text.casefold() for option in options)


def fitted(questions: Sequence[Question]) -> tuple[Numbers, float, Sure]:
    """Weights, base and the model; a question whose answer was not found teaches nothing."""
    teaching = [q for q in questions if q.right.any() or not q.answerable]
    signs = np.vstack([q.signs for q in teaching])
    right = np.concatenate([q.right for q in teaching]).astype(float)
    mean, scale = signs.mean(axis=0), signs.std(axis=0)
    fit = _logistic(np.column_stack([(signs - mean) / scale, np.ones(len(signs))]), right)
    weights = fit[:-1] / scale
    base = float(fit[-1] - weights @ mean)
    return weights, base, lambda x: 1 / (1 + np.exp(-(x @ weights + base)))


def _logistic(signs: Numbers, right: Numbers) -> Numbers:
    """Newton's method, with a ridge of 1 on all weights but the last, the base."""
    weights = np.zeros(signs.shape[1])
    ridge = np.diag([1.0] * (len(weights) - 1) + [0.0])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-signs @ weights))
        slope = signs.T @ (right - p) - ridge @ weights
        weights += np.linalg.solve((signs.T * (p * (1 - p))) @ signs + ridge, slope)
    return weights


def tell(name: str, judged: Sequence[tuple[float, bool, bool]]) -> None:
    """For each level: the share answered, the share of these that are right, refusals."""
    asked = [(p, right) for p, right, answerable in judged if answerable]
    others = [p for p, _, answerable in judged if not answerable]
    top = np.mean([right for _, right in asked])
    print(f"{name}: {len(asked)} answerable, best one right {top:.2f}")
    for level in LEVELS:
        given = [right for p, right in asked if p >= level]
        refused = np.mean([p < level for p in others]) if others else 1.0
        share, right = len(given) / len(asked), np.mean(given) if given else 1.0
        print(f"  from {level}: answered {share:.2f}, right {right:.2f}, refused {refused:.2f}")


def judged_by(sure: Sure, questions: Iterable[Question]) -> list[tuple[float, bool, bool]]:
    rows: list[tuple[float, bool, bool]] = []
    for question in questions:
        p = sure(question.signs)
        best = int(p.argmax())
        rows.append((float(p[best]), bool(question.right[best]), question.answerable))
    return rows


def crossed(questions: Sequence[Question]) -> list[tuple[float, bool, bool]]:
    """Each ticket judged by a model that was fitted without it."""
    tickets = sorted({question.ticket for question in questions})
    np.random.default_rng(1).shuffle(tickets)
    rows: list[tuple[float, bool, bool]] = []
    for fold in range(FOLDS):
        held = set(tickets[fold::FOLDS])
        _, _, sure = fitted([q for q in questions if q.ticket not in held])
        rows += judged_by(sure, [q for q in questions if q.ticket in held])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--test", type=Path, nargs="*", default=[])
    parser.add_argument("--desks", type=Path, default=Path("desks"))
    parser.add_argument("--data", type=Path, help="folder that keeps trained models between runs")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(desks=arguments.desks, data=arguments.data or Path(folder))
        desks = build_desks(settings)
        taught = [q for f in arguments.files for q in _read(f, desks)]
        weights, base, sure = fitted(taught)
        tell("cross-validated", crossed(taught))
        for file in arguments.test:
            tell(file.name, judged_by(sure, _read(file, desks)))
    for field, weight in zip(fields(Signs), weights, strict=True):
        print(f"    {field.name}={weight:.2f},")
    print(f"_BASE = {base:.2f}")


def _read(file: Path, desks: Desks) -> list[Question]:
    return asyncio.run(questions_of(read_cases(file), desks))


if __name__ == "__main__":
    main()
