"""The words that triage knows of itself, whatever the desk: tables in `words/*.toml`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

from agent.domain.triage import Priority
from agent.triage.phrases import Book, Phrases, Span

Words = Mapping[str, tuple[str, ...]]
ANY = "*"  #: the key for words that count in every language
_BEFORE = 48  #: characters before a phrase in which its negation must end


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Words, alone or beside others, that raise a ticket to at least a priority."""

    id: str
    priority: Priority
    words: Words
    beside: Words
    reach: int  #: characters between the two
    grievance: bool = False  #: whether it says that something went wrong for the writer


def phrases(words: Words, language: str) -> tuple[str, ...]:
    """The phrases that count in a language: its own, those of all, and others' longer ones.

    Tickets mix languages, but a single word of another language may mean something else here.
    """
    own = (*words.get(ANY, ()), *words.get(language, ()))
    others = (p for key, ps in words.items() if key not in (ANY, language) for p in ps)
    return own + tuple(phrase for phrase in others if len(phrase.split()) > 1)


@cache
def matcher(table: str, section: str, language: str) -> Phrases:
    """The phrases of one section of one table, compiled for a language."""
    return Phrases(phrases(_words(_table(table).get(section, {})), language))


@cache
def _tone_and_haste(language: str) -> Book:
    """The tables that every ticket is read for, as one matcher."""
    sections = {
        (table, section): _words(_table(table)[section])
        for table, section in (
            ("sentiment", "strong_negative"),
            ("sentiment", "negative"),
            ("sentiment", "positive"),
            ("priority", "curiosity"),
            ("priority", "ultimatum"),
        )
    }
    named = {f"{table}.{section}": words for (table, section), words in sections.items()}
    named |= {f"signal.{signal.id}": signal.words for signal in signals()}
    return Book({name: phrases(words, language) for name, words in named.items()})


def found(table: str, section: str, folded: str, language: str) -> Sequence[Span]:
    """Where the words of one section of the tables of tone and priority stand in a text."""
    return _tone_and_haste(language).spans(folded).get(f"{table}.{section}", ())


@cache
def signals() -> tuple[Signal, ...]:
    """The table of priorities, as it stands in `words/priority.toml`."""
    return tuple(
        Signal(
            id=str(row["id"]),
            priority=Priority(row["priority"]),
            words=_words(row["words"]),
            beside=_words(row.get("beside", {})),
            reach=int(row.get("reach", 0)),
            grievance=bool(row.get("grievance", False)),
        )
        for row in _table("priority")["signals"]
    )


def asks(folded: str, language: str) -> bool:
    """Whether a text asks for something: a question mark or a word of asking."""
    return "?" in folded or matcher("asking", "words", language).within(folded)


def negated(folded: str, start: int, end: int, language: str) -> bool:
    """Whether the phrase at `start` is taken back by the words directly around it."""
    lead = _up_to_negation(folded[max(0, start - _BEFORE) : start], language)
    if lead is not None:
        return _last(lead, "stands", language) is None
    after = matcher("negation", "after", language).spans(folded[end : end + _BEFORE])
    return bool(after) and not folded[end : end + after[0][0]].strip()


def _up_to_negation(before: str, language: str) -> str | None:
    """`before` up to its closing negation, at most two small words past it; None without one."""
    for _ in range(3):
        if _last(before, "words", language) is not None:
            return before
        cut = _last(before, "skips", language)
        if cut is None:
            return None
        before = before[:cut]
    return None


def _last(before: str, section: str, language: str) -> int | None:
    """Where the phrase that ends `before` begins, with nothing but spaces after it."""
    spans = _negations(language).spans(before).get(section)
    if spans and not before[spans[-1][1] :].strip(" \n"):
        return spans[-1][0]
    return None


@cache
def _negations(language: str) -> Book:
    table = _table("negation")
    return Book(
        {name: phrases(_words(table[name]), language) for name in ("words", "stands", "skips")}
    )


@cache
def _table(name: str) -> dict[str, Any]:
    path = files("agent.triage").joinpath("words", f"{name}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _words(raw: Any) -> Words:
    table = cast(dict[str, list[str]], raw)
    return {language: tuple(words) for language, words in table.items()}
