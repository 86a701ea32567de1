"""How people ask and how policies answer, by language: tables in `words/*.toml`."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

from agent.triage.folding import compose, fold
from agent.triage.phrases import Phrases
from retrieval.text import tokens

DEFAULT = "en"
_REMEMBERED = 512  #: texts: a ticket's sentences are read in several ways, one after the other


class Named:
    """Phrases by name; which of them a text has is asked again and again for the same texts."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._by_name = {name: Phrases(words) for name, words in phrases.items()}
        self._any = Phrases(word for words in phrases.values() for word in words)
        self.within = lru_cache(maxsize=_REMEMBERED)(self._within)

    def __getitem__(self, name: str) -> Phrases:
        return self._by_name[name]

    def _within(self, folded: str) -> frozenset[str]:
        """The names of those that stand in a folded text."""
        if not self._any.within(folded):
            return frozenset()
        return frozenset(name for name, phrases in self._by_name.items() if phrases.within(folded))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """One language's phrases, compiled; they are matched on `folded` text."""

    language: str
    greetings: Phrases
    signoffs: Phrases
    courtesies: Phrases
    asks: Phrases  #: how a question begins
    after_comma: Phrases  #: single words that ask even behind a comma
    openers: Phrases  #: what leads over to the next thing
    joins: Phrases  #: what may stand between two questions of one sentence
    wants: Phrases
    problems: Phrases
    leans: Phrases  #: words that point back to what was said before
    leaning: Phrases  #: words at a sentence's start without which it cannot stand alone
    limits: Phrases  #: a condition or an exception
    weak: frozenset[str]  #: words that tell little of what is asked, folded
    goods: tuple[str, ...]  #: everyday things; what holds for an item holds for them
    goods_as: tuple[str, ...]  #: what a rule calls any of them
    abroad_as: tuple[str, ...]  #: what a rule calls any other country
    same: tuple[tuple[str, ...], ...]  #: groups of words that mean the same
    slots: Named  #: by what the question asks for: `duration`, `money`, …
    answers: Named  #: what a sentence with that answer has
    topics: Named  #: by a tool's topic: `delivery`, `balance`, …
    own: Named  #: words for one's own `order` or `balance`
    near: Named  #: words that tell a topic only beside an order number, or leave

    def topics_of(self, text: str) -> frozenset[str]:
        """The topics of tools that a text touches."""
        return self.topics.within(folded_text(text))

    def slots_of(self, text: str) -> frozenset[str]:
        """What kind of answer a question expects."""
        return self.slots.within(folded_text(text))


@cache
def cues(language: str) -> Cues:
    """The cues of a language; of English for one that has none."""
    table = _table(language) or _table(DEFAULT)
    if table is None:
        raise FileNotFoundError(f"agent/pipeline/words/{DEFAULT}.toml is missing")
    return Cues(
        language=language,
        greetings=_phrases(table, "greetings"),
        signoffs=_phrases(table, "signoffs"),
        courtesies=_phrases(table, "courtesies"),
        asks=_phrases(table, "asks"),
        after_comma=_phrases(table, "after_comma"),
        openers=_phrases(table, "openers"),
        joins=_phrases(table, "joins"),
        wants=_phrases(table, "wants"),
        problems=_phrases(table, "problems"),
        leans=_phrases(table, "leans"),
        leaning=_phrases(table, "leaning"),
        limits=_phrases(table, "limits"),
        weak=frozenset(folded_text(word) for word in cast(list[str], table["weak"])),
        goods=tuple(cast(list[str], table["goods"])),
        goods_as=tuple(cast(list[str], table["goods_as"])),
        abroad_as=tuple(cast(list[str], table["abroad_as"])),
        same=tuple(tuple(group) for group in cast(list[list[str]], table["same"])),
        slots=_by_name(table, "slots"),
        answers=_by_name(table, "answers"),
        topics=_by_name(table, "topics"),
        own=_by_name(table, "own"),
        near=_by_name(table, "near"),
    )


def without(folded: str, phrases: Iterable[Phrases]) -> str:
    """A folded text with the phrases blanked out."""
    spans = [span for each in phrases for span in each.spans(folded)]
    return "".join(
        " " if any(start <= i < end for start, end in spans) else letter
        for i, letter in enumerate(folded)
    )


@cache
def weak_stems(language: str) -> frozenset[str]:
    """Stems of the words that tell little of what is asked."""
    return frozenset(stem for word in cues(language).weak for stem in tokens(word, language))


@lru_cache(maxsize=_REMEMBERED)
def folded_text(text: str) -> str:
    """Text as the phrases match it: composed, lower case, without accents."""
    return fold(compose(text))


@cache
def _table(language: str) -> dict[str, Any] | None:
    if not language.isalpha():
        return None
    path = files("agent.pipeline").joinpath("words", f"{language}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _phrases(table: Mapping[str, Any], key: str) -> Phrases:
    return Phrases(cast(list[str], table[key]))


def _by_name(table: Mapping[str, Any], key: str) -> Named:
    return Named(cast(dict[str, list[str]], table[key]))
