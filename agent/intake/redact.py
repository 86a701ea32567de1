"""A view of a text for logs and, by setting, for prompts: personal data become placeholders.

The original is what rules, entities and tools read; nothing is lost here. Numbers count as
personal only where a check digit or a country's numbering plan says so, so that an order number
or an amount stays readable.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

_MAIL = re.compile(r"[\w.+%'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", re.I)
_CARD = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){12,22}")
_NATIONAL = re.compile(r"(?<!\w)(?:[XYZ][ -]?)?\d(?:[ ./-]?\d){6,14}(?:[ -]?[A-Z]){0,2}", re.I)
_CODICE = re.compile(r"\b[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]\b", re.I)
_PHONE = re.compile(r"(?<![\w./-])(?:\+|00|\(0|0)[\d ()./-]{6,22}\d")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}(?!\d)")
_BREAK = re.compile(r"(?<=\w)(?=[ ./-])")  #: where a number may end before another begins
_CHECKS = (
    500  #: numbers of a kind checked in one text; what else looks like one is hidden unchecked
)
#: A national number without its check letter looks like any other: a word beside it decides.
_BESIDE = re.compile(
    r"(?:bsn|burgerservice\w*|sofi\w*|pesel|rijksregister\w*|insz|niss|nir|sécu\w*|steuer-?id\w*"
    r"|idnr|steueridentifikations\w*|identifikationsnummer|nhs|ssn|social security|national\w*"
    r"|numéro national|num\. national)\W{0,3}(?:\w{1,10}\W{1,3}){0,3}$",
    re.I,
)
_COUNTRIES = ("DE", "FR", "ES", "IT", "NL", "PL", "BE", "AT", "IE", "GB", "CH", "LU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A piece of the original that the view does not show."""

    kind: str  #: `EMAIL`, `PHONE`, `IBAN`, `CARD`, `ID`, `NAME`
    start: int  #: character offset in the original
    end: int
    shown_at: int  #: offset of the placeholder in the view
    shown_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    text: str
    spans: tuple[Span, ...]  #: in order, never overlapping

    def original(self, offset: int) -> int:
        """The offset in the original of an offset in the view; a placeholder's is its start."""
        number = bisect_right([span.shown_at for span in self.spans], offset) - 1
        if number < 0:
            return offset
        span = self.spans[number]
        return span.start if offset < span.shown_end else span.end + offset - span.shown_end


def redact(text: str, *, names: Sequence[str] = ()) -> Redacted:
    """Replace mail addresses, telephone, bank, card and national numbers and the given names."""
    found = sorted(_spans(text, names), key=lambda span: (span[1], -span[2]))
    out: list[str] = []
    spans: list[Span] = []
    at, length = 0, 0
    for kind, start, end in found:
        if start < at:
            continue
        placeholder = f"[{kind}]"
        length += start - at
        out += [text[at:start], placeholder]
        spans.append(
            Span(
                kind=kind,
                start=start,
                end=end,
                shown_at=length,
                shown_end=length + len(placeholder),
            )
        )
        at, length = end, length + len(placeholder)
    return Redacted(text="".join([*out, text[at:]]), spans=tuple(spans))


_Found = tuple[str, int, int]


def _spans(text: str, names: Sequence[str]) -> Iterator[_Found]:
    yield from _matches("EMAIL", _MAIL, text)
    yield from _numbers("IBAN", _IBAN, text, lambda number, _: _valid(number, _BANK))
    yield from _numbers("CARD", _CARD, text, lambda number, _: _valid_card(number))
    yield from _numbers("ID", _CODICE, text, lambda number, _: _valid(number, _ITALIAN))
    yield from _numbers("ID", _NATIONAL, text, _valid_national)
    yield from _numbers("PHONE", _PHONE, text, lambda number, _: _valid_phone(number))
    yield from _names(text, names)


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[_Found]:
    return ((kind, match.start(), match.end()) for match in pattern.finditer(text))


def _numbers(
    kind: str, pattern: re.Pattern[str], text: str, valid: Callable[[str, str], bool]
) -> Iterator[_Found]:
    """Matches that are valid, each as long as it can be; `valid` also gets the text before it.

    A pattern takes in what follows a number (`… 1111 12/27`), so shorter readings are tried too.
    """
    at = 0
    for tries in count():
        match = pattern.search(text, at)
        if match is None:
            return
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        readings = (e for e in _ends(match, text) if valid(text[match.start() : e], before))
        end = next(readings, 0) if tries < _CHECKS else match.end()
        if end:
            yield kind, match.start(), end
        at = end or _next_start(match, text)


def _ends(match: re.Match[str], text: str) -> Iterator[int]:
    """The whole match first, unless a word goes on behind it, then each break before its end."""
    whole = match.end() == len(text) or not (text[match.end()].isalnum())
    if whole:
        yield match.end()
    breaks = [found.start() for found in _BREAK.finditer(match[0])]
    yield from (match.start() + offset for offset in reversed(breaks) if offset >= _SHORTEST)


def _next_start(match: re.Match[str], text: str) -> int:
    """Behind the first group of a number that was none: the next may begin inside the match."""
    found = _BREAK.search(text, match.start() + 1, match.end())
    return found.start() if found else match.end()


def _valid_national(number: str, before: str) -> bool:
    return _valid(number, _LETTERED) or (
        _BESIDE.search(before) is not None and _valid(number, _DIGITS_ONLY)
    )


def _names(text: str, names: Iterable[str]) -> Iterator[_Found]:
    words = {word for name in names for word in (name, *name.split()) if len(word.strip(".")) > 2}
    if words:
        longest_first = sorted(words, key=len, reverse=True)
        pattern = "|".join(re.escape(word) for word in longest_first)
        yield from _matches("NAME", re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I), text)


_SHORTEST = 7  #: characters; nothing shorter is a personal number
_BEFORE = 60  #: characters in which a word may say what a number is
_BANK = ("iban",)
_ITALIAN = ("it.codicefiscale",)
_LETTERED = ("es.dni", "es.nie")  #: their letter is a check by itself
_DIGITS_ONLY = (
    *("nl.bsn", "pl.pesel", "be.nn", "fr.nir", "de.idnr", "gb.nhs", "se.personnummer"),
    *("es.dni", "ie.pps"),
)


def _valid(number: str, formats: Sequence[str]) -> bool:
    return any(_standard(name).is_valid(number) for name in formats)


def _valid_card(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return digits[0] in "23456" and bool(_standard("luhn").is_valid(digits))


@cache
def _standard(name: str) -> Any:
    """A module of python-stdnum: `is_valid(number) -> bool`."""
    import importlib

    return importlib.import_module(f"stdnum.{name}")


def _valid_phone(number: str) -> bool:
    """A number of the plan of its own country, or of one of Europe's when none is dialled."""
    import phonenumbers

    if _DATE.match(number):
        return False
    if number.startswith("00"):
        number = "+" + number[2:]
    for country in (None,) if number.startswith("+") else _COUNTRIES:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, country)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False
