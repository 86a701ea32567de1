"""Several rankings as one, and a choice of passages that do not repeat each other."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")

#: Cormack, Clarke, Buettcher: Reciprocal rank fusion, SIGIR 2009.
RRF_K = 60


def reciprocal_rank(runs: Iterable[Sequence[Key]]) -> dict[Key, float]:
    """The sum over the runs of 1 / (60 + rank), best first; equal sums in the order first seen."""
    scores: dict[Key, float] = {}
    for run in runs:
        for rank, key in enumerate(run, start=1):
            scores[key] = scores.get(key, 0.0) + 1 / (RRF_K + rank)
    return dict(sorted(scores.items(), key=lambda pair: -pair[1]))


def diverse(
    ranked: Sequence[Item],
    *,
    words: Callable[[Item], frozenset[str]],
    cost: Callable[[Item], int],
    k: int,
    budget: int | None = None,
    alike: float = 0.8,
) -> list[Item]:
    """The best `k` that fit a budget and are no near-duplicates of a better one.

    Maximal marginal relevance (Carbonell, Goldstein 1998) with its limit as a rule: an item that
    shares `alike` of the words of either is dropped, where the formula would only rank it lower.
    One that does not fit is passed over; the first is always taken, whatever it costs.
    """
    taken: list[Item] = []
    said: list[frozenset[str]] = []
    spent = 0
    for item in ranked:
        if len(taken) >= k:
            break
        own = words(item)
        fits = budget is None or not taken or spent + cost(item) <= budget
        if fits and not any(_repeats(own, other, alike) for other in said):
            taken.append(item)
            said.append(own)
            spent += cost(item)
    return taken


def _repeats(one: frozenset[str], other: frozenset[str], alike: float) -> bool:
    """Jaccard, so that a short passage is not swallowed by a long one that holds its words."""
    union = len(one | other)
    return union > 0 and len(one & other) / union >= alike
