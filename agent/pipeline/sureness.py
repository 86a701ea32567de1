"""How sure it is that a sentence answers a question, from all that speaks for it. Pure.

A logistic model. Its weights were fitted on the tickets of `tests/data/tickets_dev.jsonl` and
`tickets_hard.jsonl`, whose answers are known; `python -m bench.sureness` fits and tests them again.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What speaks for a sentence, or against it; or, as arrays, for each of several sentences."""

    alike: (
        Floats | float
    )  #: likeness of the question, with what stands around it, to ways to ask for it
    ahead: Floats | float  #: how far `alike` lies before that of the next sentence
    covers: Floats | float  #: share of the question that it covers
    leads: Floats | float  #: how far it lies before the next in coverage
    has_kind: Floats | float  #: it has the kind of answer asked for: a duration, an amount, …
    lacks_kind: Floats | float  #: such a kind is asked for, and it has none
    category: Floats | float  #: probability of the categories that its policy serves

    def at(self, n: int) -> "Signs":
        """Those of one sentence among several."""
        return Signs(**{name: float(getattr(self, name)[n]) for name in _NAMES})


_WEIGHTS = Signs(
    alike=16.37,
    ahead=2.61,
    covers=0.88,
    leads=0.5,
    has_kind=0.9,
    lacks_kind=-1.34,
    category=0.85,
)
_BASE = -3.97


def sure(signs: Signs) -> Floats:
    """The probability that each sentence answers, 0 to 1."""
    weighed = _WEIGHT @ np.array([getattr(signs, name) for name in _NAMES], dtype=np.float64)
    return np.asarray(1 / (1 + np.exp(-(_BASE + weighed))))


_NAMES = tuple(field.name for field in fields(Signs))
_WEIGHT = np.array([getattr(_WEIGHTS, name) for name in _NAMES], dtype=np.float64)
