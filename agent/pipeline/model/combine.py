"""A model's category and the classifier's as one ranking. Pure.

The two are pooled by the logarithm of their probabilities (Genest and Zidek 1986), after each
level of a model's own sureness was replaced by how often it is right. `fitted` measures both on
labelled tickets and keeps to one of the two alone where the other adds nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.pipeline.model.schema import Sure

Ranked = tuple[tuple[str, float], ...]
_FLOOR: Final = 1e-4  #: no category is impossible
_RUNNER_UP: Final = 0.6  #: share of the rest that goes to the model's second choice
_PRIOR: Final = 4.0  #: labelled tickets that the assumed share of right answers counts for
_WEIGHTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How far a model's word goes on a desk."""

    right: Mapping[Sure, float]  #: how often its category is right, by how sure it says it is
    model: float = 1.0  #: weight of the model's probabilities
    free: float = 0.5  #: weight of the classifier's
    cases: int = 0  #: labelled tickets that it was measured on; 0: assumed


#: Before anything is measured: careful figures, so that no model is believed blindly.
ASSUMED: Final = Calibration(right={Sure.CERTAIN: 0.85, Sure.LIKELY: 0.65, Sure.GUESS: 0.4})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a model said of a ticket's category."""

    category: str
    or_else: str
    sure: Sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A labelled ticket with both answers."""

    free: Ranked
    said: Said
    truth: str


def combined(
    free: Ranked, said: Said, categories: Sequence[str], calibration: Calibration
) -> Ranked:
    """All categories with their probability, best first; they add up to 1."""
    model = _chances(said, categories, calibration.right[said.sure])
    known = dict(free)
    even = 1 / len(categories)
    scores = {
        one: calibration.model * math.log(max(model[one], _FLOOR))
        + calibration.free * math.log(max(known.get(one, 0.0 if free else even), _FLOOR))
        for one in categories
    }
    highest = max(scores.values())
    raised = {one: math.exp(score - highest) for one, score in scores.items()}
    total = sum(raised.values())
    ranked = sorted(categories, key=lambda one: -raised[one])
    return tuple((one, raised[one] / total) for one in ranked)


def _chances(said: Said, categories: Sequence[str], right: float) -> dict[str, float]:
    """The model's word as probabilities: its category, its second choice, then all alike."""
    others = [one for one in categories if one != said.category]
    if not others:
        return {said.category: 1.0}
    second = _RUNNER_UP if said.or_else in others and len(others) > 1 else 0.0
    rest = (1 - right) * (1 - second) / (len(others) - (1 if second else 0))
    chances = dict.fromkeys(others, rest)
    if second:
        chances[said.or_else] = (1 - right) * second
    return {**chances, said.category: right}


def fitted(cases: Sequence[Case], categories: Sequence[str]) -> Calibration:
    """The calibration that these labelled tickets speak for, by mean log loss.

    How often each level is right is shrunk towards the assumed figure by a few tickets' weight.
    """
    right = {level: _right(level, cases) for level in Sure}
    grid = [
        Calibration(right=right, model=model, free=free, cases=len(cases))
        for model in _WEIGHTS
        for free in _WEIGHTS
        if model or free
    ]
    return min(grid, key=lambda one: log_loss(cases, categories, one))


def _right(level: Sure, cases: Sequence[Case]) -> float:
    of_level = [case.said.category == case.truth for case in cases if case.said.sure is level]
    return (sum(of_level) + _PRIOR * ASSUMED.right[level]) / (len(of_level) + _PRIOR)


def log_loss(cases: Sequence[Case], categories: Sequence[str], calibration: Calibration) -> float:
    """Mean negative logarithm of the probability given to what was right."""
    if not cases:
        return 0.0
    losses = (
        -math.log(
            max(
                dict(combined(case.free, case.said, categories, calibration)).get(case.truth, 0.0),
                _FLOOR,
            )
        )
        for case in cases
    )
    return sum(losses) / len(cases)
