"""How well a policy sentence answers a question. Pure.

The value is the share of the question's matter that the sentence covers: each stem weighted by
how rare it is among the desk's policies and example tickets, found in the sentence itself, by
meaning, in a compound, or in the headings above it; times how far the sentence has the kind of
answer asked for (a duration for "how long", an amount for "how much"). It is read as a
probability: what a sentence leaves uncovered is, as far as words tell, another question.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from agent.domain.desk import Desk
from agent.pipeline.cues import cues, folded_text, weak_stems
from agent.pipeline.kinds import (
    SPECIFIC,
    answers_of,
    countries_of,
    country_stems,
    elsewhere,
    things,
    units_of,
)
from agent.pipeline.meaning import glossary_of
from agent.pipeline.questions import Asked
from retrieval.corpus import passages
from retrieval.glossary import Glossary
from retrieval.index import searched
from retrieval.text import is_stop, tokens, words

# How much of a stem counts as covered, by where it is found.
_SENTENCE, _MEANING, _KIND, _FORM = 1.0, 0.9, 0.8, 0.75
_HEADING, _TITLE, _NEARBY = 0.85, 0.7, 0.4

_FLOOR = 0.35  #: weight of the commonest word; the rarest weighs 1
_WEAK = 0.2  #: factor for words that tell little of what is asked
_INSTANCE = 0.4  #: factor for one thing of a kind: goods, a country, or, where the question takes
#: its matter as given ("how long …"), a word that no policy knows
_LEANING = 0.4  #: share of the context in a question that points back to it
_MISSES = {
    "duration": 0.45,
    "money": 0.45,
    "time": 0.5,
    "date": 0.6,
    "permission": 0.9,
    "manner": 0.85,
}
_OTHER_COUNTRY = 0.3
_COMMON_START = 5  #: letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question, made ready to be compared."""

    weights: Mapping[str, float]  #: by stem of the question itself
    context: Mapping[str, float]  #: by stem of the words around it
    concepts: Mapping[str, frozenset[int]]  #: by stem, the glossary groups it stands for
    kinds: Mapping[str, tuple[frozenset[str], ...]]  #: by stem, names of what it is one of
    pairs: frozenset[tuple[str, str]]  #: words side by side
    leans: bool  #: it points back to its context
    slots: frozenset[str]  #: kinds of answer asked for
    units: frozenset[str]  #: units of time it names
    countries: frozenset[str]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    value: float  #: how probably the sentence answers, 0 to 1
    order: float  #: to rank sentences by: the value, and what speaks for one beside it


class Matcher:
    """Compares questions and policy sentences of one desk in one language."""

    def __init__(self, desk: Desk, language: str) -> None:
        self._language = language
        self._cues = cues(language)
        self._glossary = glossary_of(desk, language)
        self._background = _Background(desk, language, self._glossary)

    def probe(self, question: Asked) -> Probe:
        own, around = self._stems(question.text), self._stems(question.context)
        leans = self._cues.leans.within(folded_text(question.text))
        if not any(stem not in weak_stems(self._language) for stem in own):
            own, around, leans = [*own, *around], [], False
        slots = self._cues.slots_of(question.text)
        given = bool(slots & SPECIFIC)
        named = self._glossary.concepts([*own, *around], self._language)
        return Probe(
            weights={stem: self._weight(stem, given=given) for stem in own},
            context={stem: self._weight(stem, given=True) for stem in around if stem not in own},
            concepts={stem: self._named_by(stem, named) for stem in (*own, *around)},
            kinds={stem: kinds_of(stem, self._language) for stem in (*own, *around)},
            pairs=self._pairs(question.text),
            leans=leans and bool(around),
            slots=slots,
            units=units_of(question.text, self._language),
            countries=countries_of(question.text),
        )

    def clause(self, sentence: str, headings: tuple[str, ...], nearby: str) -> Clause:
        stems = frozenset(self._stems(sentence))
        own = frozenset(self._stems(" ".join(headings[1:])))
        title = frozenset(self._stems(" ".join(headings[:1])))
        return Clause(
            stems=stems,
            concepts=self._glossary.concepts(stems, self._language),
            heading=own,
            heading_concepts=self._glossary.concepts(own | title, self._language),
            title=title,
            nearby=frozenset(self._stems(nearby)),
            pairs=self._pairs(sentence),
            slots=answers_of(sentence, self._language),
            units=units_of(sentence, self._language),
            countries=countries_of(sentence),
        )

    def _stems(self, text: str) -> list[str]:
        return tokens(text, self._language)

    def _pairs(self, text: str) -> frozenset[tuple[str, str]]:
        """Words side by side, unless both are function words."""
        said = words(text)
        return frozenset(
            (one, other)
            for one, other in pairwise(said)
            if not (is_stop(one, self._language) and is_stop(other, self._language))
        )

    def _weight(self, stem: str, *, given: bool) -> float:
        """A word that no policy knows is another matter, or an instance of what one names."""
        weight = self._background.weight(stem)
        if stem in weak_stems(self._language):
            return weight * _WEAK
        instance = kinds_of(stem, self._language) or (given and not self._background.knows(stem))
        return weight * _INSTANCE if instance else weight

    def _named_by(self, stem: str, named: Collection[int]) -> frozenset[int]:
        """Of the groups that the question names, those that this stem has a part in."""
        return self._glossary.takes_part(stem, self._language) & frozenset(named)


def score(probe: Probe, clause: Clause, *, country: str | None = None) -> Score:
    """How probably the sentence answers the question."""
    if not probe.weights or not _touches(probe, clause):
        return Score(value=0.0, order=0.0)
    own = _coverage(probe.weights, probe, clause)
    around = _coverage(probe.context, probe, clause)
    base = (1 - _LEANING) * own + _LEANING * around if probe.leans else own
    value = base * _slot_factor(probe, clause) * _country_factor(probe, clause, country)
    if "permission" in probe.slots and not probe.slots & {*SPECIFIC, "manner"}:
        value *= base  # of yes or no, each word left open may turn the answer
    together = len(probe.pairs & clause.pairs) / (len(probe.pairs) or 1)
    same_unit = bool(probe.units & clause.units)
    bonus = 0.25 * around + 0.2 * together + 0.05 * same_unit + 0.15 * _precision(probe, clause)
    return Score(value=value, order=value * (1 + bonus))


def covered_by(probe: Probe, clause: Clause) -> frozenset[str]:
    """The question's stems that the sentence itself takes up."""
    return frozenset(s for s in probe.weights if _in_sentence(s, probe, clause))


def _coverage(weights: Mapping[str, float], probe: Probe, clause: Clause) -> float:
    total = sum(weights.values())
    found = sum(weight * _found(stem, probe, clause) for stem, weight in weights.items())
    return found / total if total else 0.0


def _precision(probe: Probe, clause: Clause) -> float:
    """The share of the sentence about what was asked: a plain rule before a special case."""
    about = clause.heading | clause.title | set(probe.weights) | set(probe.context)
    return len(clause.stems & about) / (len(clause.stems) or 1)


def _touches(probe: Probe, clause: Clause) -> bool:
    """The sentence itself must take up something: a heading alone proves nothing."""
    stems = (*probe.weights, *(probe.context if probe.leans else ()))
    return any(_in_sentence(stem, probe, clause) for stem in stems) or any(
        clause.slots.get(slot) for slot in probe.slots & SPECIFIC
    )


def _found(stem: str, probe: Probe, clause: Clause) -> float:
    there = _in_sentence(stem, probe, clause)
    if there:
        return there
    if stem in clause.heading or probe.concepts[stem] & clause.heading_concepts:
        return _HEADING
    if _alike_any(stem, clause.heading):
        return _HEADING * _FORM
    if stem in clause.title or _alike_any(stem, clause.title):
        return _TITLE
    return _NEARBY if stem in clause.nearby else 0.0


def _in_sentence(stem: str, probe: Probe, clause: Clause) -> float:
    if stem in clause.stems:
        return _SENTENCE
    if probe.concepts[stem] & clause.concepts:
        return _MEANING
    if any(name <= clause.stems for name in probe.kinds[stem]):
        return _KIND
    return _FORM if _alike_any(stem, clause.stems) else 0.0


@lru_cache(maxsize=200_000)
def _alike_any(stem: str, others: frozenset[str]) -> bool:
    """The sentences stay the same from ticket to ticket, and most words come again."""
    return any(alike(stem, other) for other in others)


@lru_cache(maxsize=200_000)
def alike(one: str, other: str) -> bool:
    """Whether one stem holds the other, as compounds do, or both differ in their ending only."""
    short, long = sorted((one, other), key=len)
    if len(short) < _COMMON_START or not short.isalpha():
        return False
    if long.startswith(short) or long.endswith(short):
        return True
    return len(long) - len(short) <= 2 and long.startswith(short[: len(short) - 1])


@cache
def kinds_of(stem: str, language: str) -> tuple[frozenset[str], ...]:
    """What a rule may call the thing or the country that a stem names."""
    goods, called = things(language)
    if stem in goods or any(len(g) >= _SUFFIX and stem.endswith(g) for g in goods):
        return tuple(frozenset({name}) for name in called)
    return elsewhere(language) if stem in country_stems(language) else ()


_SUFFIX = 4  #: letters of a thing that ends a compound, as `lamp` does `tischlamp`


def _slot_factor(probe: Probe, clause: Clause) -> float:
    """1 when the sentence surely has one of the kinds of answer asked for."""
    asked = probe.slots & SPECIFIC or probe.slots & {"manner"} or probe.slots
    if not asked:
        return 1.0
    least = {slot: _MISSES[slot] for slot in asked}
    return max(m + (1 - m) * clause.slots.get(slot, 0.0) for slot, m in least.items())


def _country_factor(probe: Probe, clause: Clause, country: str | None) -> float:
    return _OTHER_COUNTRY if is_elsewhere(probe, clause, country) else 1.0


def is_elsewhere(probe: Probe, clause: Clause, country: str | None) -> bool:
    """Whether the sentence is about other countries than the one asked about or from."""
    meant = probe.countries or (frozenset({country.upper()}) if country else frozenset[str]())
    return bool(clause.countries) and not meant & clause.countries


class _Background:
    """Which stems a desk's policies know, and how common each is in policies and tickets."""

    def __init__(self, desk: Desk, language: str, glossary: Glossary) -> None:
        self._language = language
        self._glossary = glossary
        texts = [
            frozenset(searched(passage))
            for policy in desk.policies
            if policy.language == language
            for passage in passages(policy)
        ]
        self._vocabulary = frozenset(stem for text in texts for stem in text)
        self._concepts = glossary.concepts(self._vocabulary, language)
        tickets = [tokens(e.text, language) for e in desk.examples if e.language == language]
        texts += [frozenset(ticket) for ticket in tickets]
        self._counts = Counter(stem for text in texts for stem in text)
        self._total = len(texts)
        self._known: dict[str, bool] = {}

    def weight(self, stem: str) -> float:
        """From `_FLOOR` for a word in every text to 1 for one in none."""
        rarest = _idf(0, self._total)
        return _FLOOR + (1 - _FLOOR) * _idf(self._counts[stem], self._total) / rarest

    def knows(self, stem: str) -> bool:
        """Whether some policy has the stem, a word of its meaning, or a compound of it."""
        if stem not in self._known:
            self._known[stem] = (
                stem in self._vocabulary
                or bool(self._glossary.takes_part(stem, self._language) & self._concepts)
                or any(alike(stem, other) for other in self._vocabulary)
            )
        return self._known[stem]


def _idf(count: int, total: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))
