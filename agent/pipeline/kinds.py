"""Kinds of answer: what a question asks for, and what a sentence has of it. Pure."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import cast

from agent.pipeline.cues import cues, folded_text
from agent.triage.phrases import Book
from retrieval.text import tokens

#: Kinds without which a sentence is hardly an answer.
SPECIFIC = frozenset({"duration", "money", "time", "date"})

_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2} ?(?:am|pm|uhr|uur|heures?)\b")
_MONEY = re.compile(r"[€£$%]|\b(?:eur|gbp|usd|pln)\b")
_MAYBE = 0.6  #: a clause of time without a figure ("when the parcel leaves our warehouse")


def answers_of(sentence: str, language: str) -> Mapping[str, float]:
    """The kinds of answer that a sentence has, each with how surely, 0 to 1."""
    folded = folded_text(sentence)
    has = cues(language).answers.within(folded)
    figure = any(c.isdigit() for c in folded)
    duration = figure and "duration" in has
    clock = bool(_CLOCK.search(folded))
    date = 1.0 if (figure and "date" in has) or duration or clock else _MAYBE * ("moment" in has)
    return {
        "duration": float(duration),
        "money": float("money" in has or (figure and bool(_MONEY.search(folded)))),
        "time": float(clock),
        "date": date if not figure or date == 1.0 else max(date, _MAYBE),
        "permission": float("permission" in has),
        "manner": float("manner" in has),
    }


def units_of(text: str, language: str) -> frozenset[str]:
    """The units of time that a text names, by their first letters."""
    folded = folded_text(text)
    spans = cues(language).answers["duration"].spans(folded)
    return frozenset(folded[start:end][:4] for start, end in spans)


@cache
def things(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Stems of everyday goods, and of what a rule calls any of them."""
    table = cues(language)
    return _stems(table.goods, language), _stems(table.goods_as, language)


@cache
def elsewhere(language: str) -> tuple[frozenset[str], ...]:
    """Stems of each way in which a rule speaks of any other country."""
    return tuple(frozenset(tokens(words, language)) for words in cues(language).abroad_as)


@cache
def country_stems(language: str) -> frozenset[str]:
    """Stems of the names of countries."""
    names = (name.rstrip("*") for row in _country_table().values() for name in row)
    return _stems(tuple(name for name in names if " " not in name), language)


def _stems(words: tuple[str, ...], language: str) -> frozenset[str]:
    return frozenset(stem for word in words for stem in tokens(word, language))


def countries_of(text: str) -> frozenset[str]:
    """ISO codes of the countries that a text names, in any of the languages."""
    return frozenset(_countries().spans(folded_text(text)))


@cache
def _countries() -> Book:
    return Book(_country_table(), remember=1_000)


@cache
def _country_table() -> dict[str, list[str]]:
    path = files("agent.pipeline").joinpath("words", "countries.toml")
    return cast(dict[str, list[str]], tomllib.loads(path.read_text(encoding="utf-8")))
