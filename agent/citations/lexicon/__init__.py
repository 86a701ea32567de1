"""The checker's words, per language, made ready for look-up."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from agent.citations.lexicon import de, en, es, fr, it, nl, pl
from agent.citations.lexicon.words import Words
from agent.citations.normalise import fold

_ALL: tuple[Words, ...] = (en.WORDS, fr.WORDS, de.WORDS, es.WORDS, nl.WORDS, it.WORDS, pl.WORDS)
LANGUAGES: tuple[str, ...] = tuple(words.language for words in _ALL)

CURRENCIES: Mapping[str, str] = {
    form: code
    for code, forms in {
        "EUR": "€ eur euro euros euró",
        "USD": "$ usd dollar dollars dólares dollari dolarów",
        "GBP": "£ gbp pound pounds pfund livres libras pond sterline funtów",
        "PLN": "zł pln zloty zlotys złoty złote złotych",
        "CHF": "chf franken francs",
        "CZK": "czk kč",
        "SEK": "sek",
        "DKK": "dkk",
        "NOK": "nok",
        "HUF": "huf ft",
    }.items()
    for form in forms.split()
}
MEASURES: Mapping[str, str] = {
    form: unit
    for unit, forms in {
        "kg": "kg kilo kilos kilogram kilograms kilogramm kilogrammes kilogramos kilogrammi",
        "g": "g gram grams gramm grammes gramos grammi",
        "km": "km kilometre kilometres kilometer kilometers",
        "m": "m metre metres meter meters",
        "cm": "cm",
        "mm": "mm",
        "l": "l litre litres liter liters",
        "MB": "mb",
        "GB": "gb",
        "C": "°c",
    }.items()
    for form in forms.split()
}


def _set(text: str) -> frozenset[str]:
    return frozenset(fold(text).replace("|", " ").split())


_NAME = r"(?P<name>(?: [^\W\d_][\w'.-]*){0,3})"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of words that means one thing to a guard."""

    words: tuple[str, ...]
    guard: str  #: `bound`, `negation`, `modality`, `quantifier`, `order`, `condition`, `scope`
    value: str

    @property
    def trails(self) -> bool:
        """Whether it can bound the number before it: `30 days or more`, `30 Tage höchstens`."""
        on_its_own = self.words[0] in _TRAILING_BOUNDS
        return self.value in ("max", "min") and (on_its_own or len(self.words) > 1)


_TRAILING_BOUNDS = _set(
    "maximum minimum max min höchstens maximal mindestens spätestens hooguit maximaal minstens "
    "minimaal uiterlijk massimo minimo máximo mínimo maksymalnie minimalnie najwyżej przynajmniej"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """One language, folded and indexed."""

    language: str
    numbers: Mapping[str, int]
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    units: Mapping[str, str]
    working: frozenset[str]
    calendar: frozenset[str]
    percent: tuple[tuple[str, ...], ...]
    hour_marks: frozenset[str]
    date_links: frozenset[str]
    range_words: frozenset[str]
    phrases: Mapping[str, tuple[Phrase, ...]]  #: by first word, longest first
    ignorable: frozenset[str]
    openers: tuple[tuple[str, ...], ...]
    coordinators: frozenset[str]
    greeting: tuple[re.Pattern[str], ...]  #: group `name` is what the form does not spell out
    courtesy: tuple[re.Pattern[str], ...]
    question: re.Pattern[str]
    next_step: tuple[re.Pattern[str], ...]
    contractions: Mapping[str, tuple[str, ...]]
    elision: bool


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language; one that we do not know gets numbers, dates and no words."""
    base = language.lower()[:2]
    found = next((words for words in _ALL if words.language == base), None)
    return _compiled(found or _nothing(base))


def _compiled(words: Words) -> Lexicon:
    return Lexicon(
        language=words.language,
        numbers=dict(_ranked(words.numbers)),
        months=dict(_ranked(words.months)),
        weekdays=dict(_ranked(words.weekdays)),
        units={form: unit for unit, forms in words.units.items() for form in fold(forms).split()},
        working=_set(words.working),
        calendar=_set(words.calendar),
        percent=_phrases(words.percent),
        hour_marks=_set(words.hour_marks),
        date_links=_set(words.date_links),
        range_words=_set(words.range_words),
        phrases=_indexed(_cue_phrases(words)),
        ignorable=_set(words.ignorable),
        openers=_phrases(words.openers),
        coordinators=_set(words.coordinators),
        greeting=tuple(re.compile(f"(?:{p}){_NAME}[,!]?") for p in words.greeting),
        courtesy=tuple(re.compile(f"(?:{p})[.!,]*") for p in words.courtesy),
        question=re.compile(words.question),
        next_step=tuple(re.compile(f"(?:{p})[.!]*") for p in words.next_step),
        contractions={fold(k): tuple(v.split()) for k, v in words.contractions.items()},
        elision=words.elision,
    )


def _cue_phrases(words: Words) -> Iterator[Phrase]:
    for value, forms in words.order.items():  # `after 30 days` bounds, `after delivery` orders
        yield from (Phrase(phrase, "bound", value) for phrase in _phrases(forms))
    groups: dict[str, Mapping[str, str]] = {
        "bound": words.bounds,
        "negation": {"not": words.negation},
        "modality": words.modality,
        "quantifier": words.quantifier,
        "order": words.order,
        "condition": words.condition,
        "scope": {"scope": words.scope},
    }
    for guard, values in groups.items():
        for value, forms in values.items():
            for phrase in _phrases(forms):
                yield Phrase(phrase, guard, value)


def _indexed(phrases: Iterable[Phrase]) -> dict[str, tuple[Phrase, ...]]:
    by_first: dict[str, list[Phrase]] = {}
    for phrase in phrases:
        by_first.setdefault(phrase.words[0], []).append(phrase)
    return {
        first: tuple(sorted(group, key=lambda p: -len(p.words)))
        for first, group in by_first.items()
    }


def _ranked(text: str) -> Iterator[tuple[str, int]]:
    for rank, forms in enumerate(fold(text).split(), start=1):
        yield from ((form, rank) for form in forms.split("/") if form != "-")


def _phrases(text: str) -> tuple[tuple[str, ...], ...]:
    found = (tuple(part.replace("'", "' ").split()) for part in fold(text).split("|"))
    return tuple(sorted((phrase for phrase in found if phrase), key=len, reverse=True))


def _nothing(language: str) -> Words:
    return Words(
        language=language,
        numbers="",
        months="",
        weekdays="",
        units={},
        working="",
        calendar="",
        percent="",
        hour_marks="",
        date_links="",
        range_words="",
        bounds={},
        negation="",
        modality={},
        quantifier={},
        order={},
        condition={},
        scope="",
        ignorable="",
        openers="",
        coordinators="",
        greeting=(),
        courtesy=(),
        question=r"(?!)",
        next_step=(),
    )
