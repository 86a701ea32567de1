"""The documents with the greatest sums over several scored lists. Pure.

Sums stand in an array with a place for every document. Where lists are long, they are taken by
MaxScore (Turtle, Flood: Query evaluation, 1995): the one that can give the most first. Once what
the rest can give is less than the k-th best has, a document that only the rest holds cannot come
in, so that the rest is looked up for those already found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter
from typing import cast

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.intp]
Scores = NDArray[np.float64]

_LONG = 20_000  #: entries of a list from which it pays to ask whether it must be gone through
_LEAST = 1e-12  #: the least sum; a word that stands in every document still has more
_SLACK = 1e-9  #: bounds are summed in another order than scores


@dataclass(frozen=True, slots=True)
class Scored:
    """What one concept gives to each document that has it."""

    numbers: Numbers  #: ascending, each once
    scores: Scores  #: above 0
    count: int
    most: float  #: the greatest score; 0 where there is none


def scored(numbers: Numbers, scores: Scores) -> Scored:
    return Scored(numbers, scores, len(numbers), float(scores.max()) if len(scores) else 0.0)


def best(lists: Sequence[Scored], k: int, size: int) -> list[tuple[int, float]]:
    """The `k` numbers below `size` with the greatest sums, best first; ties by number."""
    lists = [one for one in lists if one.count]
    if not lists:
        return []
    ordered = sorted(lists, key=_COUNT)
    if ordered[-1].count > _LONG:
        return _best_of_long(sorted(lists, key=_MOST, reverse=True), k, size)
    total = _summed(ordered, size)
    found = (total >= _reached(total, ordered, k)).nonzero()[0]
    return _first(found, total[found], k)


_COUNT, _MOST = attrgetter("count"), attrgetter("most")


def _summed(lists: Sequence[Scored], size: int) -> Scores:
    numbers = np.concatenate([one.numbers for one in lists])
    scores = np.concatenate([one.scores for one in lists])
    return cast(Scores, np.bincount(numbers, weights=scores, minlength=size))


def _best_of_long(lists: Sequence[Scored], k: int, size: int) -> list[tuple[int, float]]:
    """The same for lists by the most they give, the greatest first."""
    rest = [*accumulate((one.most for one in reversed(lists)), initial=0.0)][::-1]
    total, begin = np.zeros(size), 0
    for n in (n for n, one in enumerate(lists) if n and one.count > _LONG):
        total += _summed(lists[begin:n], size)
        begin = n
        least = _reached(total, sorted(lists[:n], key=_COUNT), k) - rest[n] - _SLACK
        if least > 0:
            found = (total >= least).nonzero()[0]
            return _looked_up(found, total[found], lists[n:], rest[n:], k)
    total += _summed(lists[begin:], size)
    found = (total >= _reached(total, sorted(lists, key=_COUNT), k)).nonzero()[0]
    return _first(found, total[found], k)


def _looked_up(
    found: Numbers, sums: Scores, left: Sequence[Scored], rest: Sequence[float], k: int
) -> list[tuple[int, float]]:
    """The best of those found, with what the lists that are left give them."""
    for n, one in enumerate(left):
        if len(found) > k:
            may = sums >= _kth(sums, k) - rest[n] - _SLACK
            found, sums = found[may], sums[may]
        places = one.numbers.searchsorted(found)
        np.minimum(places, one.count - 1, out=places)
        sums = sums + np.where(one.numbers[places] == found, one.scores[places], 0.0)
    return _first(found, sums, k)


def _first(found: Numbers, sums: Scores, k: int) -> list[tuple[int, float]]:
    """The best first; numbers are ascending, so that equal sums keep their order."""
    order = (-sums).argsort(kind="stable")[:k]
    numbers, scores = found[order].tolist(), sums[order].tolist()
    return list(zip(cast(list[int], numbers), cast(list[float], scores), strict=True))


def _reached(total: Scores, lists: Sequence[Scored], k: int) -> float:
    """A sum above 0 that the k best reach: some documents' k-th best is at most that of all.

    `lists` are given the shortest first.
    """
    for one in lists:
        if one.count >= k:
            return max(_kth(total[one.numbers], k), _LEAST)
    return _LEAST


def _kth(sums: Scores, k: int) -> float:
    own = sums.copy()
    own.partition(len(own) - k)
    return float(own[len(own) - k])
