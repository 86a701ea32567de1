"""How people ask and how policies answer, by language: tables in `words/*.toml`."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

from agent.triage.folding import compose, fold
from agent.triage.phrases import Book, Phrases
from retrieval.text import tokens

DEFAULT = "en"
_REMEMBERED = 512  #: texts: a ticket's sentences are read in several ways, one after the other


class Named:
    """Phrases by name: groups of a book."""

    def __init__(self, book: Book, groups: Mapping[str, str]) -> None:
        self._book = book
        self._groups = groups  #: by name
        self._names = {group: name for name, group in groups.items()}

    def __getitem__(self, name: str) -> Phrases:
        return Phrases(book=self._book, name=self._groups[name])

    def within(self, folded: str) -> frozenset[str]:
        """The names of those that stand in a folded text."""
        names = self._names
        return frozenset([names[group] for group in self._book.spans(folded) if group in names])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """One language's phrases, matched on `folded` text: all of them in one walk over it."""

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
    book = Book(dict(_groups(table)), remember=_REMEMBERED)

    def one(key: str) -> Phrases:
        return Phrases(book=book, name=key)

    def named(section: str) -> Named:
        return Named(book, {name: _group(section, name) for name in table[section]})

    return Cues(
        language=language,
        greetings=one("greetings"),
        signoffs=one("signoffs"),
        courtesies=one("courtesies"),
        asks=one("asks"),
        after_comma=one("after_comma"),
        openers=one("openers"),
        joins=one("joins"),
        wants=one("wants"),
        problems=one("problems"),
        leans=one("leans"),
        leaning=one("leaning"),
        limits=one("limits"),
        weak=frozenset(folded_text(word) for word in cast(list[str], table["weak"])),
        goods=tuple(cast(list[str], table["goods"])),
        goods_as=tuple(cast(list[str], table["goods_as"])),
        abroad_as=tuple(cast(list[str], table["abroad_as"])),
        same=tuple(tuple(group) for group in cast(list[list[str]], table["same"])),
        slots=named("slots"),
        answers=named("answers"),
        topics=named("topics"),
        own=named("own"),
        near=named("near"),
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


_NAMED = ("slots", "answers", "topics", "own", "near")  #: tables that hold groups by name


def _groups(table: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for key, phrases in table.items():
        if key in _NAMED:
            for name, group in cast(dict[str, list[str]], phrases).items():
                yield _group(key, name), group
        elif key not in _NO_PHRASES:
            yield key, cast(list[str], phrases)


_NO_PHRASES = ("weak", "goods", "goods_as", "abroad_as", "same")  #: words, read by their stems


def _group(section: str, name: str) -> str:
    return f"{section}.{name}"
