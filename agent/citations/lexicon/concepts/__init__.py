"""What words mean, coarsely: one table of concepts for all languages, read from text files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from retrieval.text import fold

T = TypeVar("T")
LANGUAGES = ("en", "fr", "de", "es", "nl", "it", "pl")
_HERE = Path(__file__).parent
_FILES = ("deeds.txt", "things.txt", "people.txt", "polarity.txt")
_COMPOUNDING = frozenset({"de", "nl"})  #: languages whose words are made of words
_LEAST_TAIL = 5  #: letters of the last part of a compound


@dataclass(frozen=True, slots=True)
class Concept:
    """A meaning that words of several languages share.

    `group` is `audience`, `country`, `tax`, `channel` or `unit` for what excludes others of it,
    `against` for what denies, `pairs` for what has an opposite, `deed` for what is done, else
    empty.
    """

    name: str
    group: str
    opposite: str | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    exact: Mapping[str, tuple[str, ...]]
    starts: Mapping[str, tuple[str, ...]]
    turns: Mapping[str, tuple[str, ...]]  #: beginnings of words that turn a statement round
    ends: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]


@cache
def concepts() -> Mapping[str, Concept]:
    """Every concept by name."""
    found: dict[str, Concept] = {}
    pair: list[str] = []
    for group, name, _ in _rows():
        found[name] = Concept(name, group)
        if group == "pairs":
            pair.append(name)
            if len(pair) == 2:
                found[pair[0]] = Concept(pair[0], group, pair[1])
                found[pair[1]] = Concept(pair[1], group, pair[0])
                pair.clear()
    return MappingProxyType(found)


@lru_cache(maxsize=100_000)
def concepts_of(word: str, language: str) -> tuple[str, ...]:
    """Names of the concepts that one word stands for, in the order of the tables."""
    table = _table(language)
    bare = fold(word)
    found = dict.fromkeys(table.exact.get(bare, ()))
    size = _longest(bare, table.starts)
    found.update(dict.fromkeys(table.starts.get(bare[:size], ())))
    turning = _longest(bare, table.turns)
    found.update(dict.fromkeys(table.turns.get(bare[:turning], ())))
    at = next((n for n in range(1, len(bare) - 2) if bare[n:] in table.ends), len(bare))
    found.update(dict.fromkeys(table.ends.get(bare[at:], ())))
    if language in _COMPOUNDING and size:
        tail = bare[size:]
        if len(tail) >= _LEAST_TAIL:
            found.update(dict.fromkeys(concepts_of(tail, language)))
    return tuple(found)


def _longest(word: str, starts: Mapping[str, tuple[str, ...]]) -> int:
    return next((n for n in range(len(word), 2, -1) if word[:n] in starts), 0)


def phrase_at(words: tuple[str, ...], at: int, language: str) -> tuple[int, tuple[str, ...]]:
    """How many words from `at` on make a known phrase, and what it stands for; 0 if none."""
    known = _table(language).phrases
    if not known:
        return 0, ()
    best, names = 0, list[str]()
    for phrase, name in known.get(words[at][:3], ()):
        size = len(phrase)
        if size < best or at + size > len(words) or not _fits(phrase, words[at : at + size]):
            continue
        names = [*names, name] if size == best else [name]
        best = size
    return best, tuple(names)


def _fits(phrase: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return all(
        word.startswith(part[:-1]) if part.endswith("*") else word == part
        for part, word in zip(phrase, words, strict=True)
    )


@cache
def _table(language: str) -> _Table:
    exact: dict[str, list[str]] = {}
    starts: dict[str, list[str]] = {}
    turns: dict[str, list[str]] = {}
    ends: dict[str, list[str]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    column = LANGUAGES.index(language) if language in LANGUAGES else None
    for group, name, columns in _rows():
        for form in columns[column].split() if column is not None else ():
            bare = fold(form.casefold())
            if "_" in bare.strip("_"):
                parts = tuple(bare.split("_"))
                phrases.setdefault(parts[0].rstrip("*")[:3], []).append((parts, name))
            elif bare.startswith("*"):
                ends.setdefault(bare.strip("*"), []).append(name)
            elif bare.endswith("*"):
                turning = group in ("against", "pairs")
                (turns if turning else starts).setdefault(bare[:-1], []).append(name)
            else:
                exact.setdefault(bare, []).append(name)
    return _Table(_frozen(exact), _frozen(starts), _frozen(turns), _frozen(ends), _frozen(phrases))


def _frozen(groups: Mapping[str, list[T]]) -> Mapping[str, tuple[T, ...]]:
    return {key: tuple(group) for key, group in groups.items()}


@cache
def _rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return tuple(_read())


def _read() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for file in _FILES:
        group = ""
        for line in (_HERE / file).read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                group = line.strip("[] ")
            elif line and not line.startswith("#"):
                name, *columns = (part.strip() for part in line.split("|"))
                yield group, name, tuple(columns)
