"""Counts of the queue by each of its filters. Pure, but for a short memory."""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from agent.store.queue import Tally

FACETS = ("desk", "category", "language", "priority", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    waiting: int
    by: Mapping[str, tuple[tuple[str, int], ...]]  #: facet to values with counts, most first


def facets(tallies: Iterable[Tally]) -> Facets:
    """How many waiting drafts have each value; one with two reasons counts under both."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in FACETS}
    waiting = 0
    for one in tallies:
        waiting += one.count
        counts["desk"][one.desk] += one.count
        counts["category"][one.category] += one.count
        counts["language"][one.language] += one.count
        counts["priority"][one.lane] += one.count
        for code in one.codes:
            counts["reason"][code] += one.count
    by = {
        name: tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
        for name, found in counts.items()
    }
    return Facets(waiting=waiting, by=by)


class Recent:
    """The tallies, read again when they are older than `seconds`: a scan of the whole queue."""

    def __init__(
        self,
        read: Callable[[], Awaitable[Sequence[Tally]]],
        *,
        seconds: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._clock = clock
        self._at = float("-inf")
        self._tallies: Sequence[Tally] = ()

    async def __call__(self) -> Sequence[Tally]:
        if self._clock() - self._at > self._seconds:
            self._tallies = await self._read()
            self._at = self._clock()
        return self._tallies

    def forget(self) -> None:
        """Somebody decided: the next look counts again."""
        self._at = float("-inf")
