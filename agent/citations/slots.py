"""Typed slots: the parts of a sentence whose value must agree, with unit and currency."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from agent.citations.lexicon import CURRENCIES, MEASURES, Lexicon
from agent.citations.spelt import HALVES, fraction, one_unit, spelt_number
from agent.citations.tokens import Token, number

SlotKind = Literal[
    "money", "percent", "duration", "date", "weekday", "time", "measure", "count", "id", "link"
]


@dataclass(frozen=True, slots=True)
class Slot:
    """A value with its unit. Slots of one kind with equal value and unit say the same."""

    kind: SlotKind
    value: str  #: plain decimal, ISO date (`--` for what is left open), or the text itself
    unit: str  #: ISO currency, `minute`, `day`, `workday`, `month`, `kg`, or empty
    start: int  #: in the original text
    end: int
    spelt: bool = False  #: a number word without a unit
    soft: bool = False  #: `a week`, `half`: not said as a number

    @property
    def key(self) -> str:
        return f"<{self.kind} {self.value} {self.unit}>"

    def agrees(self, other: "Slot") -> bool:
        """Whether both say the same; a date may leave out the year that the other gives."""
        if self.key == other.key:
            return True
        if self.kind == other.kind == "duration":
            return minutes(self) is not None and minutes(self) == minutes(other)
        if self.kind != "date" or other.kind != "date":
            return False
        short, long = sorted((self.value.lstrip("-"), other.value.lstrip("-")), key=len)
        same_form = self.value.startswith("--") or other.value.startswith("--")
        month = len(short) == 2 and same_form and long[-5:-3] == short
        return short == long or month or (same_form and long.endswith(f"-{short}"))


def minutes(slot: Slot) -> Decimal | None:
    """A duration of minutes, hours, days or weeks in minutes; None for others and for ranges."""
    factor = {"minute": 1, "day": 1_440}.get(slot.unit)
    return None if factor is None or ".." in slot.value else Decimal(slot.value) * factor


@dataclass(slots=True)
class _Found:
    slot: Slot
    first: int  #: tokens that the slot takes the place of
    last: int


#: Minutes for hours, days for weeks, months for years: `1.5 h` is `90 min`, `14 days` two weeks.
_IN_BASE: dict[str, tuple[str, int]] = {
    "hour": ("minute", 60),
    "week": ("day", 7),
    "year": ("month", 12),
}
_ORDINAL = frozenset(("st", "nd", "rd", "th", "er", "re", "e", "º", "ª"))
_YEAR = re.compile(r"(?:19|20)\d\d")


def find_slots(
    tokens: Sequence[Token], text: str, lexicon: Lexicon
) -> tuple[list[Token], list[Slot]]:
    """The tokens with each slot's tokens replaced by one, and the slots in order."""
    finder = _Finder(tokens, text, lexicon)
    merged: list[Token] = []
    slots: list[Slot] = []
    at = 0
    while at < len(tokens):
        found = finder.at(at)
        if found is None:
            merged.append(tokens[at])
            at += 1
            continue
        slots.append(found.slot)
        merged.append(Token(found.slot.key, "slot", found.slot.start, found.slot.end))
        at = found.last + 1
    return merged, slots


class _Finder:
    """Reads the slot that begins at a token, if one does."""

    def __init__(self, tokens: Sequence[Token], text: str, lexicon: Lexicon) -> None:
        self._tokens = tokens
        self._text = text
        self._words = lexicon

    def at(self, i: int) -> _Found | None:
        token = self._tokens[i]
        if token.kind == "num":
            return self._number(i, number(token.key, self._words.language))
        if token.kind == "word":
            return self._word(i)
        if token.kind == "sign":
            return self._money_before(i)
        return self._written_out(i)

    # --- one token ----------------------------------------------------------------------------

    def _written_out(self, i: int) -> _Found:
        token = self._tokens[i]
        match token.kind:
            case "iso":
                return self._slot("date", token.key, "", i, i)
            case "day":
                return self._slot("date", self._numeric_date(token.key), "", i, i)
            case "clock":
                hours, minutes = re.split("[:h]", token.key)
                return self._time(int(hours) * 60 + int(minutes), i, i)
            case "phone":
                return self._slot("id", re.sub(r"\D", "", token.key), "", i, i)
            case "link":
                return self._slot("link", token.key, "", i, i)
            case _:
                return self._slot("id", token.key.replace("-", ""), "", i, i)

    def _numeric_date(self, text: str) -> str:
        day, month, year = (int(part) for part in re.split(r"[./-]", text))
        year += 2000 if year < 100 else 0
        return f"{year:04}-{month:02}-{day:02}"

    def _time(self, minutes: int, first: int, last: int) -> _Found:
        """A time of day as minutes since midnight, moved by a following `pm`."""
        mark = self._key(last + 1)
        if mark in self._words.hour_marks:
            last += 1
            hour = minutes // 60
            minutes += 720 if mark == "pm" and hour < 12 else 0
            minutes -= 720 if mark == "am" and hour == 12 else 0
        return self._slot("time", str(minutes), "", first, last)

    # --- words --------------------------------------------------------------------------------

    def _word(self, i: int) -> _Found | None:
        key = self._tokens[i].key
        spelt = self._spelt(i)
        if spelt is not None:
            return spelt
        if key in self._words.numbers:
            return self._number(i, str(self._words.numbers[key]), spelt=True)
        if key in self._words.months:
            return self._month_first(i)
        if key in HALVES.get(self._words.language, ()):
            found = self._slot("percent", "50", "", i, i)
            found.slot = replace(found.slot, soft=True)
            return found
        if key in self._words.weekdays:
            return self._slot("weekday", str(self._words.weekdays[key]), "", i, i)
        return self._money_before(i)

    def _spelt(self, i: int) -> _Found | None:
        """`half a year`, `twenty-five days`, `a week`."""
        one = one_unit(self._tokens, i, self._words)
        part = fraction(self._tokens, i + 1 if one else i, self._words.language)
        if part is not None:
            last, (value, unit) = part
            return self._slot("duration", str(value), unit, i, last)
        number_word = spelt_number(self._tokens, i, self._words.language)
        if number_word is not None:
            last, whole = number_word
            found = self._with_unit(i, last, str(whole))
            return found or self._slot("count", str(whole), "", i, last, spelt=True)
        if one is None:
            return None
        last, unit = one
        base, factor = _IN_BASE.get(unit, (unit, 1))
        found = self._slot("duration", str(factor), base, i, last)
        found.slot = replace(found.slot, soft=True)
        return found

    def _month_first(self, i: int) -> _Found | None:
        """`November 21, 2026`, `November 2026`, or a month alone (`may` only with a capital)."""
        month = self._words.months[self._tokens[i].key]
        day, after = self._day(i + 1)
        if day and self._words.language == "en":
            year, last = self._year(after)
            return self._slot("date", f"{year}-{month:02}-{day:02}", "", i, last)
        year, last = self._year(i)
        capital = self._text[self._tokens[i].start].isupper()
        if year == "-" and self._words.language == "en" and not capital:
            return None
        return self._slot("date", f"{year}-{month:02}", "", i, last)

    # --- numbers ------------------------------------------------------------------------------

    def _number(self, i: int, value: str, *, spelt: bool = False) -> _Found:
        return (
            self._date(i)
            or self._with_unit(i, i, value)
            or self._range(i, value)
            or self._bare(i, value, spelt=spelt)
        )

    def _date(self, i: int) -> _Found | None:
        """`21 November 2026`, `3. November`, `21 de noviembre de 2026`."""
        day, last = self._day(i)
        if not day:
            return None
        month_at = last + 1
        while self._key(month_at) in self._words.date_links:
            month_at += 1
        month = self._words.months.get(self._key(month_at))
        if month is None:
            return None
        year, last = self._year(month_at)
        return self._slot("date", f"{year}-{month:02}-{day:02}", "", i, last)

    def _day(self, i: int) -> tuple[int, int]:
        """A day of the month at a token, and the last token of it; 0 when there is none."""
        token = self._tokens[i] if i < len(self._tokens) else None
        if token is None or not re.fullmatch(r"\d{1,2}", token.key):
            return 0, i
        day = int(token.key)
        last = i + 1 if self._key(i + 1) in _ORDINAL and self._adjacent(i) else i
        return (day, last) if 1 <= day <= 31 else (0, i)

    def _year(self, month_at: int) -> tuple[str, int]:
        """The year after a date's last token, or `-`, and the last token of all."""
        at = month_at + 1
        while self._key(at) in self._words.date_links:
            at += 1
        if _YEAR.fullmatch(self._key(at)):
            return self._key(at), at
        return "-", month_at

    def _with_unit(self, first: int, i: int, value: str) -> _Found | None:
        """The number at token `i` with what follows it, as a slot that begins at `first`."""
        return (
            self._money_after(first, i, value)
            or self._percent(first, i, value)
            or self._duration(first, i, value)
            or self._measure(first, i, value)
        )

    def _money_before(self, i: int) -> _Found | None:
        currency = CURRENCIES.get(self._tokens[i].key)
        if currency is None or self._kind(i + 1) != "num":
            return None
        value = number(self._tokens[i + 1].key, self._words.language)
        return self._slot("money", value, currency, i, i + 1)

    def _money_after(self, first: int, i: int, value: str) -> _Found | None:
        currency = CURRENCIES.get(self._key(i + 1))
        return self._slot("money", value, currency, first, i + 1) if currency else None

    def _percent(self, first: int, i: int, value: str) -> _Found | None:
        if self._key(i + 1) == "%":
            return self._slot("percent", value, "", first, i + 1)
        for phrase in self._words.percent:
            if self._keys(i + 1, len(phrase)) == phrase:
                return self._slot("percent", value, "", first, i + len(phrase))
        return None

    def _duration(self, first: int, i: int, value: str) -> _Found | None:
        """`30 working days`, `30-day`, `5 jours ouvrés`; working days are a unit of their own."""
        at = i + 1
        at += self._key(at) == "-"
        working = self._key(at) in self._words.working
        at += working or self._key(at) in self._words.calendar
        unit = self._words.units.get(self._key(at)) or self._compound(self._key(at))
        if unit is None:
            return self._clock_hour(first, i, value)
        last = at
        if self._key(at + 1) in self._words.working and unit == "day":
            working, last = True, at + 1
        elif self._key(at + 1) in self._words.calendar and unit == "day":
            last = at + 1
        if working and unit == "day":
            unit = "workday"
        base, factor = _IN_BASE.get(unit, (unit, 1))
        return self._slot("duration", _times(value, factor), base, first, last)

    def _compound(self, word: str) -> str | None:
        """`Urlaubstage` are days: the unit that a compound of German or Dutch ends with."""
        if self._words.language not in ("de", "nl"):
            return None
        tails = (word[at:] for at in range(3, len(word) - 2))
        return next((self._words.units[tail] for tail in tails if tail in self._words.units), None)

    def _clock_hour(self, first: int, i: int, value: str) -> _Found | None:
        if self._key(i + 1) not in self._words.hour_marks:
            return None
        hours, _, minutes = value.partition(".")
        return self._time(int(hours) * 60 + int((minutes or "0").ljust(2, "0")[:2]), first, i)

    def _measure(self, first: int, i: int, value: str) -> _Found | None:
        unit = MEASURES.get(self._key(i + 1))
        if unit is None and self._keys(i + 1, 2) == ("°", "c"):
            return self._slot("measure", value, "C", first, i + 2)
        return self._slot("measure", value, unit, first, i + 1) if unit else None

    def _range(self, i: int, value: str) -> _Found | None:
        """`3-5 days`, `3 to 5 days`: the first number takes the unit of the second."""
        if self._key(i + 1) != "-" and self._key(i + 1) not in self._words.range_words:
            return None
        if self._kind(i + 2) != "num":
            return None
        upper = self._with_unit(i + 2, i + 2, number(self._key(i + 2), self._words.language))
        if upper is None or upper.slot.kind == "time":
            return None
        unit_at = upper.slot
        low = self._with_unit(i + 2, i + 2, value)
        assert low is not None
        both = f"{low.slot.value}..{unit_at.value}"
        return self._slot(unit_at.kind, both, unit_at.unit, i, upper.last)

    def _bare(self, i: int, value: str, *, spelt: bool) -> _Found:
        text = self._tokens[i].key
        if text.isdigit() and len(text) >= 5:
            return self._slot("id", text, "", i, i)
        if _YEAR.fullmatch(text):
            return self._slot("date", text, "", i, i)
        return self._slot("count", value, "", i, i, spelt=spelt)

    # --- tokens -------------------------------------------------------------------------------

    def _slot(
        self, kind: SlotKind, value: str, unit: str, first: int, last: int, *, spelt: bool = False
    ) -> _Found:
        start, end = self._tokens[first].start, self._tokens[last].end
        return _Found(Slot(kind, value, unit, start, end, spelt), first, last)

    def _key(self, i: int) -> str:
        return self._tokens[i].key if i < len(self._tokens) else ""

    def _kind(self, i: int) -> str:
        return self._tokens[i].kind if i < len(self._tokens) else ""

    def _keys(self, i: int, count: int) -> tuple[str, ...]:
        return tuple(token.key for token in self._tokens[i : i + count])

    def _adjacent(self, i: int) -> bool:
        return self._tokens[i].end == self._tokens[i + 1].start


def _times(value: str, factor: int) -> str:
    return value if factor == 1 else format((Decimal(value) * factor).normalize(), "f")
