"""Finding passages: the contract of an index, and the one that fuses several legs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from retrieval.answers import Matter, matter
from retrieval.corpus import Passage, Policy, Scope
from retrieval.fusion import reciprocal_rank
from retrieval.legs import Options, Words, build, searched


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

    def search(
        self, query: str, *, seen_by: Filter, k: int = 5, asked_in: str | None = None
    ) -> list[Hit]:
        """`asked_in` is the query's language; None: that of the policies searched."""
        ...

    @property
    def passages(self) -> Sequence[Passage]: ...


class _Pool:
    """The passages that one kind of requester may see in one language, ready to be ranked."""

    def __init__(self, seen_by: Filter, passages: Sequence[Passage], options: Options) -> None:
        self.seen_by = seen_by
        self._numbered = list(passages)
        self._numbers = {passage.id: n for n, passage in enumerate(passages)}
        self._legs = [build(n, seen_by.languages[0], passages, options) for n in options.legs]

    def ranked(self, query: str, asked_in: str, k: int) -> list[Hit]:
        if len(self._legs) == 1:
            best = self._legs[0].rank(query, asked_in, k)
        else:
            runs = [[n for n, _ in leg.rank(query, asked_in, _DEPTH)] for leg in self._legs]
            best = list(reciprocal_rank(runs).items())[:k]
        hits = [Hit(passage=self._numbered[n], score=score) for n, score in best]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))

    def matter(
        self, query: str, asked_in: str, focus: str | None, weak: str
    ) -> tuple[Matter, float]:
        words = next((leg for leg in self._legs if isinstance(leg, Words)), None)
        if words is None:
            return Matter(concepts=()), 0.0
        found = matter(
            words.query(query, asked_in),
            words.rarity,
            focus=None if focus is None else words.query(focus, asked_in),
            weak=words.known(weak, asked_in),
        )
        return found, words.rarity("")

    def change(self, passages: Mapping[str, Passage]) -> None:
        """Index what is new, forget what went; a passage that reads the same is only renamed."""
        gone = {n: self._numbered[n] for i, n in self._numbers.items() if i not in passages}
        come: list[Passage] = []
        for i, passage in passages.items():
            n = self._numbers.get(i)
            there = None if n is None else self._numbered[n]
            if passage is there:
                continue
            if n is None or there is None:
                come.append(passage)
            elif _reads(passage) == _reads(there):
                self._numbered[n] = passage
            else:
                gone[n] = there
                come.append(passage)
        for passage in gone.values():
            del self._numbers[passage.id]
        for leg in self._legs:
            if gone:
                leg.remove(gone)
            if come:
                leg.add(come)
        for passage in come:
            self._numbers[passage.id] = len(self._numbered)
            self._numbered.append(passage)


def _reads(passage: Passage) -> tuple[tuple[str, ...], str]:
    return passage.headings, passage.text


_Group = tuple[str, Scope, date | None, date | None]
"""What decides who sees a policy: its language, its scope, its first and its last day."""


def _group_of(policy: Policy) -> _Group:
    return policy.language, policy.scope, policy.valid_from, policy.valid_to


_DEPTH = 100  #: of each leg's ranking that is fused


class FusedIndex:
    """Ranks passages and their headings by several legs, one pool a language.

    A filter is applied before ranking: what a requester may not see neither appears nor weighs
    on the word statistics of what they may. Hits of a preferred language precede those of the
    next, since scores of two languages do not compare.
    """

    def __init__(self, passages: Iterable[Passage], *, options: Options | None = None) -> None:
        self._options = options or Options()
        self._pools: dict[frozenset[_Group], _Pool] = {}
        self._take(passages)

    @property
    def passages(self) -> Sequence[Passage]:
        return tuple(self._passages.values())

    def search(
        self, query: str, *, seen_by: Filter, k: int = 5, asked_in: str | None = None
    ) -> list[Hit]:
        hits: list[Hit] = []
        for language in dict.fromkeys(seen_by.languages):
            if k > len(hits):
                pool = self._seen(language, seen_by.day, seen_by.country, seen_by.audience)
                hits += pool.ranked(query, asked_in or language, k - len(hits))
        return hits

    def matter(
        self,
        query: str,
        *,
        seen_by: Filter,
        asked_in: str | None = None,
        focus: str | None = None,
        weak: str = "",
    ) -> tuple[Matter, float]:
        """What a query asks for in the first language of the filter, each concept with its weight,
        and the idf of a word that no passage has; nothing where no word leg searches.

        `focus` is the part of the query that asks, where the rest only tells; `weak` are words of
        the asker's language that tell little.
        """
        language = seen_by.languages[0]
        pool = self._seen(language, seen_by.day, seen_by.country, seen_by.audience)
        return pool.matter(query, asked_in or language, focus, weak)

    def change(self, passages: Iterable[Passage]) -> None:
        """Hold these passages instead; only what reads differently is indexed anew."""
        pools = list(self._pools.values())
        self._take(passages)
        self._pools = {}
        for pool in pools:
            groups = self._visible(pool.seen_by)
            if groups not in self._pools:
                pool.change(self._in(groups))
                self._pools[groups] = pool

    def _take(self, passages: Iterable[Passage]) -> None:
        self._passages = {p.id: p for p in sorted(passages, key=lambda p: p.id)}
        self._groups: defaultdict[_Group, list[Passage]] = defaultdict(list)
        for passage in self._passages.values():
            self._groups[_group_of(passage.policy)].append(passage)
        self._seen = lru_cache(maxsize=256)(self._pool)

    def _pool(self, language: str, day: date, country: str | None, audience: str) -> _Pool:
        seen_by = Filter(languages=(language,), day=day, country=country, audience=audience)
        groups = self._visible(seen_by)
        if groups not in self._pools:
            self._pools[groups] = _Pool(seen_by, list(self._in(groups).values()), self._options)
        return self._pools[groups]

    def _visible(self, seen_by: Filter) -> frozenset[_Group]:
        """What the filter lets through: few distinct sets in practice, however many policies."""
        return frozenset(
            group
            for group, held in self._groups.items()
            if group[0] == seen_by.languages[0] and lets_through(seen_by, held[0].policy)
        )

    def _in(self, groups: frozenset[_Group]) -> dict[str, Passage]:
        """By id, in the order of the ids."""
        held = (passage for group in groups for passage in self._groups[group])
        return {p.id: p for p in sorted(held, key=lambda p: p.id)}


def lets_through(seen_by: Filter, policy: Policy) -> bool:
    """Whether a policy holds on the filter's day, in its country and for its audience."""
    return policy.holds_on(seen_by.day) and policy.scope.covers(
        country=seen_by.country, audience=seen_by.audience
    )


__all__ = ["Filter", "FusedIndex", "Hit", "Options", "PolicyIndex", "lets_through", "searched"]
