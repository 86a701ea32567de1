"""Policy sentences side by side, so that a question is compared with all of them at once.

Each stem of a question is looked up once on the whole shelf; what it finds there is kept, since
the same words come again in ticket after ticket.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from agent.pipeline.alike import Lookalikes

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
_Codes = NDArray[np.uint8]
K = TypeVar("K", str, int, tuple[str, str])
_Places = dict[K, list[int]]

# Where a stem is found, the weakest first.
_NOWHERE, _NEARBY, _TITLE, _HEADING_FORM, _HEADING = range(5)
_FORM, _KIND, _MEANING, _SENTENCE, _SENTENCE_TOO = range(5, 10)  #: `TOO`: in a heading as well
#: How much of a stem counts as covered, by where it is found.
_COVERS: Final = np.array([0.0, 0.4, 0.7, 0.85 * 0.75, 0.85, 0.75, 0.8, 0.9, 1.0, 1.0])
_KEPT = 4_096  #: stems


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A policy sentence with what stands above and around it."""

    stems: frozenset[str]
    concepts: frozenset[int]
    heading: frozenset[str]
    heading_concepts: frozenset[int]
    title: frozenset[str]
    nearby: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    slots: Mapping[str, float]  #: kinds of answer it has, and how surely
    units: frozenset[str]
    countries: frozenset[str]


@dataclass(frozen=True, slots=True)
class Word:
    """A stem of a question, with the groups of the glossary and the kinds that it stands for."""

    stem: str
    concepts: frozenset[int]
    kinds: tuple[frozenset[str], ...]


class Shelf:
    """Clauses by their place, from 0. Putting one on it forgets what was kept."""

    def __init__(self) -> None:
        self.clauses: list[Clause] = []
        self._words = Lookalikes()
        self._stems: _Places[str] = {}
        self._headings: _Places[str] = {}
        self._titles: _Places[str] = {}
        self._nearby: _Places[str] = {}
        self._meanings: _Places[int] = {}
        self._meanings_above: _Places[int] = {}
        self._pairs: _Places[tuple[str, str]] = {}
        self._units: _Places[str] = {}
        self._row = lru_cache(maxsize=_KEPT)(self._made_row)
        self._slot = lru_cache(maxsize=_KEPT)(self._made_slot)
        self._elsewhere = lru_cache(maxsize=_KEPT)(self._made_elsewhere)
        self._sizes = cache(self._made_sizes)

    def put(self, clause: Clause) -> int:
        """The place of a clause from now on."""
        place = len(self.clauses)
        self.clauses.append(clause)
        self._words.add((*clause.stems, *clause.heading, *clause.title))
        _note(self._stems, clause.stems, place)
        _note(self._headings, clause.heading, place)
        _note(self._titles, clause.title, place)
        _note(self._nearby, clause.nearby, place)
        _note(self._meanings, clause.concepts, place)
        _note(self._meanings_above, clause.heading_concepts, place)
        _note(self._pairs, clause.pairs, place)
        _note(self._units, clause.units, place)
        for kept in (self._row, self._slot, self._elsewhere, self._sizes):
            kept.cache_clear()
        return place

    def found(self, words: Sequence[Word], places: Places) -> "Found":
        """Where each word is found in each of the clauses."""
        rows = [self._row(word) for word in words]
        codes = np.array(rows, dtype=np.uint8).reshape(len(rows), len(self.clauses))
        return Found(codes[:, places])

    def pairs(self, pairs: Iterable[tuple[str, str]], places: Places) -> Floats:
        """How many of the pairs each clause has."""
        count = np.zeros(len(self.clauses))
        for place in _of(self._pairs, pairs):
            count[place] += 1
        return count[places]

    def units(self, units: Iterable[str], places: Places) -> Flags:
        """Whether each clause names one of the units."""
        names = np.zeros(len(self.clauses), dtype=np.bool_)
        names[_of(self._units, units)] = True
        return names[places]

    def slot(self, slot: str, places: Places) -> Floats:
        """How surely each clause has an answer of a kind."""
        return self._slot(slot)[places]

    def elsewhere(self, meant: frozenset[str], places: Places) -> Flags:
        """Whether each clause names countries, and none of those that are meant."""
        return self._elsewhere(meant)[places]

    def sizes(self, places: Places) -> tuple[Floats, Floats]:
        """How many stems each clause has, and how many of them the headings above it have."""
        stems, above = self._sizes()
        return stems[places], above[places]

    def _made_row(self, word: Word) -> _Codes:
        """The strongest way in which each clause has the word."""
        stem, row = word.stem, np.zeros(len(self.clauses), dtype=np.uint8)
        alike = self._words.of(stem)
        row[_of(self._nearby, (stem,))] = _NEARBY
        row[_of(self._titles, (stem, *alike))] = _TITLE
        row[_of(self._headings, alike)] = _HEADING_FORM
        row[_of(self._meanings_above, word.concepts)] = _HEADING
        row[_of(self._headings, (stem,))] = _HEADING
        row[_of(self._stems, alike)] = _FORM
        for name in word.kinds:
            row[self._with_all(name)] = _KIND
        row[_of(self._meanings, word.concepts)] = _MEANING
        said = _of(self._stems, (stem,))
        row[said] = _SENTENCE
        above = {*_of(self._headings, (stem,)), *_of(self._titles, (stem,))}
        row[[place for place in said if place in above]] = _SENTENCE_TOO
        return row

    def _with_all(self, stems: frozenset[str]) -> list[int]:
        """Clauses with all of these stems; of none, every clause."""
        found = set(range(len(self.clauses)))
        for stem in stems:
            found.intersection_update(_of(self._stems, (stem,)))
        return sorted(found)

    def _made_slot(self, slot: str) -> Floats:
        return np.array([clause.slots.get(slot, 0.0) for clause in self.clauses])

    def _made_elsewhere(self, meant: frozenset[str]) -> Flags:
        away = [bool(c.countries) and not meant & c.countries for c in self.clauses]
        return np.array(away, dtype=np.bool_)

    def _made_sizes(self) -> tuple[Floats, Floats]:
        above = [len(clause.stems & (clause.heading | clause.title)) for clause in self.clauses]
        stems = [len(clause.stems) for clause in self.clauses]
        return np.array(stems, dtype=np.float64), np.array(above, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Found:
    """For each word (a row) and each clause (a column), where the word is found."""

    codes: _Codes

    def covered(self) -> Floats:
        """How much of each word each clause covers, 0 to 1."""
        return _COVERS[self.codes]

    def taken_up(self) -> Flags:
        """Whether the sentence itself, not only what stands around it, has the word."""
        return self.codes >= _FORM

    def only_there(self) -> Floats:
        """How many words each sentence has that no heading above it has."""
        return (self.codes == _SENTENCE).sum(axis=0).astype(np.float64)


def _note(places: _Places[K], names: Iterable[K], place: int) -> None:
    for name in names:
        places.setdefault(name, []).append(place)


def _of(places: _Places[K], names: Iterable[K]) -> list[int]:
    return [place for name in names for place in places.get(name, ())]
