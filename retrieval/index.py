"""Finding passages: the contract of an index, and BM25."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from retrieval.bm25 import Bm25
from retrieval.corpus import Passage, Policy
from retrieval.text import tokens


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


Expand = Callable[[Sequence[str], str], Sequence[str]]
"""More stems for a query's stems in a language: where a glossary hooks in."""


@dataclass(frozen=True, slots=True)
class _Pool:
    """The passages that one kind of requester may see in one language, ready to be ranked."""

    passages: tuple[Passage, ...]
    bm25: Bm25


class Bm25Index:
    """Stemmed BM25 over passages and their headings, one pool a language.

    A filter is applied before ranking: what a requester may not see neither appears nor weighs
    on the word statistics of what they may. Hits of a preferred language precede those of the
    next, since scores of two languages do not compare.
    """

    def __init__(self, passages: Sequence[Passage], *, expand: Expand | None = None) -> None:
        self._passages = tuple(sorted(passages, key=lambda passage: passage.id))
        self._policies = tuple({p.policy.file: p.policy for p in self._passages}.values())
        self._expand = expand
        self._pool = lru_cache(maxsize=64)(self._build)

    @property
    def passages(self) -> Sequence[Passage]:
        return self._passages

    def search(self, query: str, *, seen_by: Filter, k: int = 5) -> list[Hit]:
        hits: list[Hit] = []
        for language in dict.fromkeys(seen_by.languages):
            hits += self._search(query, language, seen_by, k - len(hits))
        return hits

    def _search(self, query: str, language: str, seen_by: Filter, k: int) -> list[Hit]:
        pool = self._pool(language, self._visible(language, seen_by))
        stems = list(dict.fromkeys(tokens(query, language)))
        if self._expand:
            stems = list(dict.fromkeys((*stems, *self._expand(stems, language))))
        best = pool.bm25.best(stems, k)
        return [Hit(passage=pool.passages[i], score=score) for i, score in best]

    def _visible(self, language: str, seen_by: Filter) -> frozenset[str]:
        """Files of the policies that the filter lets through: few distinct sets in practice."""
        return frozenset(
            policy.file
            for policy in self._policies
            if policy.language == language and lets_through(seen_by, policy)
        )

    def _build(self, language: str, files: frozenset[str]) -> _Pool:
        seen = tuple(
            p for p in self._passages if p.policy.language == language and p.policy.file in files
        )
        return _Pool(seen, Bm25([searched(passage) for passage in seen]))


def searched(passage: Passage) -> list[str]:
    """The stems by which a passage is found: of its headings and of its text."""
    language = passage.policy.language
    return [*tokens(" ".join(passage.headings), language), *tokens(passage.text, language)]


def lets_through(seen_by: Filter, policy: Policy) -> bool:
    """Whether a policy holds on the filter's day, in its country and for its audience."""
    return policy.holds_on(seen_by.day) and policy.scope.covers(
        country=seen_by.country, audience=seen_by.audience
    )
