"""How well a policy sentence answers a question. Pure.

The value is the share of the question's matter that the sentence covers: each stem weighted by
how rare it is among the desk's policies and example tickets, found in the sentence itself, by
meaning, in a compound, or in the headings above it; times how far the sentence has the kind of
answer asked for (a duration for "how long", an amount for "how much"). It is read as a
probability: what a sentence leaves uncovered is, as far as words tell, another question.
"""

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from agent.domain.desk import Desk
from agent.pipeline.alike import Lookalikes
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
from agent.pipeline.shelf import Clause, Flags, Floats, Found, Places, Shelf, Word
from retrieval.corpus import passages
from retrieval.glossary import Glossary
from retrieval.index import searched
from retrieval.text import is_stop, tokens, words

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
_STEMS = 20_000  #: remembered; most words come again


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question, made ready to be compared."""

    words: tuple[Word, ...]  #: of the question itself, each once
    weights: Floats  #: of these
    around: tuple[Word, ...]  #: of the words around it that it has not itself
    around_weights: Floats
    pairs: frozenset[tuple[str, str]]  #: words side by side
    leans: bool  #: it points back to its context
    slots: frozenset[str]  #: kinds of answer asked for
    units: frozenset[str]  #: units of time it names
    countries: frozenset[str]

    def meant(self, country: str | None) -> frozenset[str]:
        """The countries asked about; else the one asked from."""
        return self.countries or (frozenset({country.upper()}) if country else frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What each sentence is worth as an answer."""

    values: Floats  #: how probably it answers, 0 to 1
    orders: Floats  #: to rank by: the value, and what speaks for one beside it
    taken_up: Flags  #: by the question's words (rows), which sentences have them


class Matcher:
    """Compares questions and policy sentences of one desk in one language."""

    def __init__(self, desk: Desk, language: str) -> None:
        self._language = language
        self._cues = cues(language)
        self._glossary = glossary_of(desk, language)
        self._background = _Background(desk, language, self._glossary)
        self.shelf = Shelf()

    def probe(self, question: Asked) -> Probe:
        own, around = self._stems(question.text), self._stems(question.context)
        leans = self._cues.leans.within(folded_text(question.text))
        if not any(stem not in weak_stems(self._language) for stem in own):
            own, around, leans = [*own, *around], [], False
        slots = self._cues.slots_of(question.text)
        given = bool(slots & SPECIFIC)
        named = self._glossary.concepts([*own, *around], self._language)
        weights = {stem: self._weight(stem, given=given) for stem in own}
        context = {stem: self._weight(stem, given=True) for stem in around if stem not in weights}
        return Probe(
            words=tuple(self._word(stem, named) for stem in weights),
            weights=np.array(list(weights.values())),
            around=tuple(self._word(stem, named) for stem in context),
            around_weights=np.array(list(context.values())),
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

    def _word(self, stem: str, named: frozenset[int]) -> Word:
        """Of the groups that the question names, the word stands for those it has a part in."""
        concepts = self._glossary.takes_part(stem, self._language) & named
        return Word(stem=stem, concepts=concepts, kinds=kinds_of(stem, self._language))

    def scores(self, probe: Probe, places: Places, country: str | None = None) -> Scores:
        """How probably the sentences at these places of the shelf answer the question."""
        own, around = self.shelf.found(probe.words, places), self.shelf.found(probe.around, places)
        touched = self._touched(probe, own, around, places)
        about, beside = _share(probe.weights, own), _share(probe.around_weights, around)
        base = (1 - _LEANING) * about + _LEANING * beside if probe.leans else about
        value = base * self._slot_factor(probe, places)
        value[self.shelf.elsewhere(probe.meant(country), places)] *= _OTHER_COUNTRY
        if "permission" in probe.slots and not probe.slots & {*SPECIFIC, "manner"}:
            value *= base  # of yes or no, each word left open may turn the answer
        value[~touched] = 0.0
        together = self.shelf.pairs(probe.pairs, places) / (len(probe.pairs) or 1)
        same_unit = self.shelf.units(probe.units, places)
        precision = self._precision(own, around, places)
        bonus = 0.25 * beside + 0.2 * together + 0.05 * same_unit + 0.15 * precision
        return Scores(values=value, orders=value * (1 + bonus), taken_up=own.taken_up())

    def _touched(self, probe: Probe, own: Found, around: Found, places: Places) -> Flags:
        """The sentence itself must take up something: a heading alone proves nothing."""
        if not probe.words:
            return np.zeros(len(places), dtype=np.bool_)
        said = [own.taken_up(), *([around.taken_up()] if probe.leans else [])]
        kinds = [self.shelf.slot(slot, places) > 0 for slot in probe.slots & SPECIFIC]
        return np.logical_or.reduce(np.vstack([*said, *kinds]))

    def _precision(self, own: Found, around: Found, places: Places) -> Floats:
        """The share of the sentence about what was asked: a plain rule before a special case."""
        stems, above = self.shelf.sizes(places)
        return (above + own.only_there() + around.only_there()) / np.maximum(stems, 1)

    def _slot_factor(self, probe: Probe, places: Places) -> Floats:
        """1 when the sentence surely has one of the kinds of answer asked for."""
        asked = probe.slots & SPECIFIC or probe.slots & {"manner"} or probe.slots
        if not asked:
            return np.ones(len(places))
        least = {slot: _MISSES[slot] for slot in asked}
        factors = [m + (1 - m) * self.shelf.slot(slot, places) for slot, m in least.items()]
        return np.max(factors, axis=0)


def _share(weights: Floats, found: Found) -> Floats:
    """The share of the words' weight that each sentence covers."""
    total = float(weights.sum())
    covered = weights @ found.covered()
    return covered / total if total else covered


@lru_cache(maxsize=_STEMS)
def kinds_of(stem: str, language: str) -> tuple[frozenset[str], ...]:
    """What a rule may call the thing or the country that a stem names."""
    goods, called = things(language)
    if stem in goods or any(len(g) >= _SUFFIX and stem.endswith(g) for g in goods):
        return tuple(frozenset({name}) for name in called)
    return elsewhere(language) if stem in country_stems(language) else ()


_SUFFIX = 4  #: letters of a thing that ends a compound, as `lamp` does `tischlamp`


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
        vocabulary = frozenset(stem for text in texts for stem in text)
        self._vocabulary = Lookalikes(vocabulary)
        self._concepts = glossary.concepts(vocabulary, language)
        tickets = [tokens(e.text, language) for e in desk.examples if e.language == language]
        texts += [frozenset(ticket) for ticket in tickets]
        self._counts = Counter(stem for text in texts for stem in text)
        self._total = len(texts)
        self.knows = lru_cache(maxsize=_STEMS)(self._knows)

    def weight(self, stem: str) -> float:
        """From `_FLOOR` for a word in every text to 1 for one in none."""
        rarest = _idf(0, self._total)
        return _FLOOR + (1 - _FLOOR) * _idf(self._counts[stem], self._total) / rarest

    def _knows(self, stem: str) -> bool:
        """Whether some policy has the stem, a word of its meaning, or a compound of it."""
        return (
            stem in self._vocabulary.stems
            or bool(self._glossary.takes_part(stem, self._language) & self._concepts)
            or bool(self._vocabulary.of(stem))
        )


def _idf(count: int, total: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))
