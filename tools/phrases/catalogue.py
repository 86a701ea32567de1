"""Renders a result's fields as sentences of one language, from the TOML files beside this one.

A template names the fields it shows; a sentence is said only when each of them is known, so that
none can state more than the result does. Dates, money and day counts take the language's form.
"""

import re
import string
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tools.base import Phrase
from tools.values import Data, Money, Scalar

_FOLDER = Path(__file__).parent
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LANGUAGE = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing to say: the first of `keys` whose fields are all known."""

    keys: tuple[str, ...]
    topic: str
    rests_on: tuple[str, ...] = ()  #: fields that decided to say it, beside those it shows


def speak(section: str, data: Data, language: str, lines: Sequence[Line]) -> tuple[Phrase, ...]:
    """The sentences for `data` in `language`; none when the language has no catalogue."""
    words = catalogue(language)
    if words is None:
        return ()
    said = (_say(line, section, data, words) for line in lines)
    return tuple(phrase for phrase in said if phrase is not None)


def languages() -> tuple[str, ...]:
    """The languages that have a catalogue."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


class Catalogue:
    """One language's templates and its forms of dates, money and numbers."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._dates: Mapping[str, Any] = content["dates"]
        self._numbers: Mapping[str, str] = content["numbers"]
        self._days: Mapping[str, str] = content["days"]
        self._names: Mapping[str, str] = content["names"]
        self._mends: list[list[str]] = content.get("mends", [])
        self._labels: Mapping[str, str] = content["labels"]
        self._templates: Mapping[str, Mapping[str, str]] = content["phrases"]

    def template(self, section: str, key: str) -> str | None:
        return self._templates.get(section, {}).get(key)

    def label(self, tool: str, data: Data) -> str | None:
        """What a reader calls the result; None for a tool without a label."""
        template = self._labels.get(tool)
        return self.render(template, data) if template else None

    def render(self, template: str, data: Data) -> str | None:
        """The template filled in, or None when a field is missing or has no form here."""
        out: list[str] = []
        for literal, name, form, _ in string.Formatter().parse(template):
            out.append(literal)
            if name is None:
                continue
            shown = self._show(name, data.get(name), form or "")
            if shown is None:
                return None
            out.append(shown)
        return self._mend("".join(out))

    def _show(self, name: str, value: Scalar, form: str) -> str | None:
        if value is None or isinstance(value, bool) or value == "":
            return None
        if form == "days":
            return self.days(value) if isinstance(value, int | float) else None
        if form == "name":
            return self._names.get(re.sub(r"[ -]+", "_", str(value).strip().lower()))
        if isinstance(value, float):
            return self.number(Decimal(str(value)))
        return self._shape(str(value))

    def _shape(self, text: str) -> str:
        try:
            if _ISO_DATE.fullmatch(text):
                return self.date(date.fromisoformat(text))
            return self.money(Money.parse(text))
        except ValueError:
            return text

    def date(self, day: date) -> str:
        first = self._dates.get("first") if day.day == 1 else None
        return str(self._dates["form"]).format(
            day=first or day.day, month=self._dates["months"][day.month - 1], year=day.year
        )

    def money(self, money: Money) -> str:
        amount = self.number(money.amount, places=2)
        symbol = _SYMBOLS.get(money.currency)
        form = self._numbers["money" if symbol else "money_code"]
        return form.format(amount=amount, symbol=symbol or money.currency)

    def number(self, value: Decimal, places: int | None = None) -> str:
        text = f"{value:,.{places}f}" if places is not None else f"{value.normalize():,f}"
        whole, _, fraction = text.partition(".")
        whole = whole.replace(",", self._numbers["group"])
        return whole + (self._numbers["decimal"] + fraction if fraction else "")

    def days(self, value: int | float) -> str:
        count = Decimal(str(value))
        return f"{self.number(count)} {self._days[self._day_form(count)]}"

    def _day_form(self, count: Decimal) -> str:
        if count != count.to_integral_value() and "fraction" in self._days:
            return "fraction"
        one_below_two = "one_below_two" in self._days and abs(count) < 2
        return "one" if abs(count) == 1 or one_below_two else "other"

    def _mend(self, sentence: str) -> str:
        for pattern, replacement in self._mends:
            sentence = re.sub(pattern, replacement, sentence)
        return sentence


_SYMBOLS: Mapping[str, str] = {"EUR": "€", "GBP": "£", "USD": "$", "PLN": "zł"}


@cache
def catalogue(language: str) -> Catalogue | None:
    """The catalogue of a language, read once; None when there is none."""
    path = _FOLDER / f"{language}.toml"
    # The language may come from a draft's JSON: it must never name another file.
    if not _LANGUAGE.fullmatch(language) or not path.is_file():
        return None
    return Catalogue(tomllib.loads(path.read_text(encoding="utf-8")))


def _say(line: Line, section: str, data: Data, words: Catalogue) -> Phrase | None:
    for key in line.keys:
        template = words.template(section, key)
        text = template and words.render(template, data)
        if template and text:
            fields = dict.fromkeys((*line.rests_on, *shown_fields(template)))
            return Phrase(text=text, fields=tuple(fields), topic=line.topic)
    return None


def shown_fields(template: str) -> tuple[str, ...]:
    """The fields that a template shows, in order."""
    names = (name for _, name, _, _ in string.Formatter().parse(template))
    return tuple(dict.fromkeys(name for name in names if name))
