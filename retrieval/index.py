"""Finding passages: the contract of an index, and BM25."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from retrieval.corpus import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a search may see."""

    languages: tuple[str, ...]  #: preferred first; a passage in none of them is not seen
    day: date
    country: str | None = None
    audience: str = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    passage: Passage
    score: float  #: comparable within one search only


class PolicyIndex(Protocol):
    """What every index promises: best first, nothing outside the filter, ties by passage id."""

    def search(self, query: str, *, seen_by: Filter, k: int = 5) -> list[Hit]: ...

    @property
    def passages(self) -> Sequence[Passage]: ...
