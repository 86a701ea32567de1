"""How well a policy sentence answers a question, as a number between 0 and 1. Pure.

The score is the share of the question's matter that the sentence covers, each stem weighted by
how rare it is among the desk's policies and example tickets, times how well the sentence has
what the question asks for (a duration for "how long", an amount for "how much"). It is read as a
probability: what a sentence leaves uncovered is, as far as words tell, another question.
"""

import math
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from agent.domain.desk import Desk
from agent.pipeline.cues import Cues, cues, folded_text
from agent.pipeline.questions import Asked
from agent.triage.folding import Phrases
from retrieval.corpus import passages
from retrieval.glossary import Glossary
from retrieval.index import searched
from retrieval.text import tokens

#: How much a stem of the question counts, by where it is found.
_IN_SENTENCE, _BY_MEANING, _BY_FORM, _IN_HEADING, _IN_TITLE, _NEARBY = (
    1.0,
    0.9,
    0.75,
    0.85,
    0.7,
    0.4,
)
_WEAK = 0.25  #: weight of a word that tells little of what is asked
_CONTEXT = 0.15  #: most that the words around a question add
_MISSES = {"duration": 0.55, "money": 0.55, "date": 0.75, "permission": 0.8, "manner": 0.85}
_OTHER_COUNTRY = 0.3
_FORM = 5  #: letters that two words must share from the start, or one hold of the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question, made ready to be compared."""

    weights: Mapping[str, float]  #: by stem
    context: frozenset[str]
    concepts: Mapping[str, frozenset[int]]  #: by stem, the glossary groups it stands for
    slots: frozenset[str]
    countries: frozenset[str]  #: named in the question


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A policy sentence with what stands above and around it."""

    stems: frozenset[str]
    concepts: frozenset[int]
    heading: frozenset[str]
    heading_concepts: frozenset[int]
    title: frozenset[str]
    nearby: frozenset[str]
    slots: frozenset[str]  #: kinds of answer it has
    countries: frozenset[str]


class Matcher:
    """Compares questions and policy sentences of one desk in one language."""

    def __init__(self, desk: Desk, language: str) -> None:
        self._language = language
        self._cues = cues(language)
        self._glossary = Glossary(desk.glossary)
        self._counts, self._total = _background(desk, language)

    def probe(self, question: Asked) -> Probe:
        context = question.context
        stems = tokens(question.text, self._language)
        if not any(self._weight(stem) > _WEAK * self._rarest for stem in stems):
            stems, context = [*stems, *tokens(context, self._language)], ""
        named = self._glossary.concepts(stems, self._language)
        return Probe(
            weights={stem: self._weight(stem) for stem in stems},
            context=frozenset(tokens(context, self._language)) - set(stems),
            concepts={stem: self._named_by(stem, named) for stem in stems},
            slots=self._cues.slots_of(question.text),
            countries=countries_of(question.text),
        )

    def clause(self, sentence: str, headings: tuple[str, ...], nearby: str) -> Clause:
        stems = frozenset(tokens(sentence, self._language))
        own = frozenset(tokens(" ".join(headings[1:]), self._language))
        title = frozenset(tokens(" ".join(headings[:1]), self._language))
        return Clause(
            stems=stems,
            concepts=self._glossary.concepts(stems, self._language),
            heading=own,
            heading_concepts=self._glossary.concepts(own | title, self._language),
            title=title,
            nearby=frozenset(tokens(nearby, self._language)),
            slots=answers_of(sentence, self._cues),
            countries=countries_of(sentence),
        )

    @property
    def _rarest(self) -> float:
        return _idf(0, self._total)

    def _weight(self, stem: str) -> float:
        weight = _idf(self._counts[stem], self._total)
        return weight * _WEAK if stem in _weak_stems(self._language) else weight

    def _named_by(self, stem: str, named: Iterable[int]) -> frozenset[int]:
        """Of the groups that the question names, those that this stem has a part in."""
        own = self._glossary.takes_part(stem, self._language)
        return frozenset(n for n in named if n in own)


def score(probe: Probe, clause: Clause, *, country: str | None = None) -> float:
    """How probably the sentence answers the question, 0 to 1."""
    total = sum(probe.weights.values())
    if not total or not _touches(probe, clause):
        return 0.0
    covered = sum(w * _found(stem, probe, clause) for stem, w in probe.weights.items())
    around = len(probe.context & (clause.stems | clause.heading)) / (len(probe.context) or 1)
    base = min(1.0, covered / total + _CONTEXT * around)
    return base * _slot_factor(probe, clause) * _country_factor(probe, clause, country)


def _touches(probe: Probe, clause: Clause) -> bool:
    """The sentence itself must take up something: a heading alone proves nothing."""
    return any(_in_sentence(stem, probe, clause) for stem in probe.weights) or bool(
        probe.slots & clause.slots
    )


def _found(stem: str, probe: Probe, clause: Clause) -> float:
    there = _in_sentence(stem, probe, clause)
    if there or not probe.weights:
        return there
    if stem in clause.heading or probe.concepts[stem] & clause.heading_concepts:
        return _IN_HEADING
    if any(alike(stem, other) for other in clause.heading):
        return _IN_HEADING * _BY_FORM
    if stem in clause.title or any(alike(stem, other) for other in clause.title):
        return _IN_TITLE
    return _NEARBY if stem in clause.nearby else 0.0


def _in_sentence(stem: str, probe: Probe, clause: Clause) -> float:
    if stem in clause.stems:
        return _IN_SENTENCE
    if probe.concepts[stem] & clause.concepts:
        return _BY_MEANING
    return _BY_FORM if any(alike(stem, other) for other in clause.stems) else 0.0


@cache
def alike(one: str, other: str) -> bool:
    """Whether two stems share their beginning, or one holds the other, as compounds do."""
    short, long = sorted((one, other), key=len)
    if len(short) < _FORM or not short.isalpha():
        return False
    return short in long or (
        len(short) - _FORM <= 3 and long.startswith(short[: max(_FORM, len(short) - 2)])
    )


def _slot_factor(probe: Probe, clause: Clause) -> float:
    """1 when the sentence has one of the kinds of answer asked for."""
    asked = probe.slots
    specific = asked & {"duration", "money", "date"}
    asked = specific or asked
    if not asked or asked & clause.slots:
        return 1.0
    return max(_MISSES[slot] for slot in asked)


def _country_factor(probe: Probe, clause: Clause, country: str | None) -> float:
    """A sentence about other countries answers nobody from this one."""
    if not clause.countries:
        return 1.0
    meant = probe.countries or (frozenset({country.upper()}) if country else frozenset[str]())
    return 1.0 if meant & clause.countries else _OTHER_COUNTRY


# --- what a sentence has -----------------------------------------------------------------------

_NUMBER_NEEDED = frozenset({"duration"})
_MONEY_SIGNS = ("€", "£", "$", "%", " eur")


def answers_of(sentence: str, table: Cues) -> frozenset[str]:
    """The kinds of answer that a sentence has."""
    folded = folded_text(sentence)
    numbered = any(c.isdigit() for c in folded)
    found = {
        slot
        for slot, phrases in table.answers.items()
        if phrases.within(folded) and (numbered or slot not in _NUMBER_NEEDED)
    }
    if numbered and any(sign in folded for sign in _MONEY_SIGNS):
        found.add("money")
    return frozenset(found)


def countries_of(text: str) -> frozenset[str]:
    """ISO codes of the countries that a text names, in any of the languages."""
    folded = folded_text(text)
    return frozenset(code for code, names in _countries().items() if names.within(folded))


@cache
def _countries() -> dict[str, Phrases]:
    path = files("agent.pipeline").joinpath("words", "countries.toml")
    table = cast(dict[str, list[str]], tomllib.loads(path.read_text(encoding="utf-8")))
    return {code: Phrases(names) for code, names in table.items()}


@cache
def _weak_stems(language: str) -> frozenset[str]:
    return frozenset(stem for word in cues(language).weak for stem in tokens(word, language))


def _background(desk: Desk, language: str) -> tuple[Counter[str], int]:
    """In how many passages and example tickets of the language each stem stands."""
    texts = [
        frozenset(searched(passage))
        for policy in desk.policies
        if policy.language == language
        for passage in passages(policy)
    ]
    texts += [frozenset(tokens(e.text, language)) for e in desk.examples if e.language == language]
    return Counter(stem for text in texts for stem in text), len(texts)


def _idf(count: int, total: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))
