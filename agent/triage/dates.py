"""Dates in seven languages, read to ISO where they can mean one day only."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

#: Beginnings of month names, folded: enough to tell them apart in all seven languages.
_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january januar janvier januari enero gennaio stycznia styczen jan janv ene gen sty",
            "february februar fevrier februari febrero febbraio lutego luty feb fevr lut",
            "march marz mars maart marzo marca marzec mar maerz mrt",
            "april avril abril aprile kwietnia kwiecien apr avr abr kwi",
            "may mai mei mayo maggio maja maj may mag",
            "june juni juin junio giugno czerwca czerwiec jun giu cze",
            "july juli juillet julio luglio lipca lipiec jul juil lug lip",
            "august aout augustus agosto sierpnia sierpien aug ago sie",
            "september septembre septiembre settembre wrzesnia wrzesien sep sept set wrz",
            "october oktober octobre octubre ottobre pazdziernika pazdziernik oct okt ott paz",
            "november novembre noviembre listopada listopad nov lis",
            "december dezember decembre diciembre dicembre grudnia grudzien dec dez dic gru",
        ),
        start=1,
    )
    for name in names.split()
}
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_PATTERN = re.compile(
    rf"(?<![\d.,/-])(?:"
    rf"(?P<iso>20\d{{2}}-[01]\d-[0-3]\d)"
    rf"|(?P<a>[0-3]?\d)(?P<sep>[./-])(?P<b>[01]?\d|[0-3]\d)(?:(?P=sep)(?P<y>20\d{{2}}|\d{{2}}))?"
    rf"(?P<dot>\.)?(?![\d/]|[.,-]\d| ?(?:€|eur|£|zl|pln|chf|cm|kg|uhr|h\b|%))"
    rf"|(?P<d1>[0-3]?\d)(?:st|nd|rd|th|er|\.|º|°)?,? (?:of |de |d')?(?P<m1>{_NAME})\b\.?"
    rf"(?:,? (?:de |del )?(?P<y1>20\d{{2}}))?"
    rf")"
    rf"|\b(?=[a-z]+\.? \d)(?P<m2>{_NAME})\.? (?P<d2>[0-3]?\d)(?:st|nd|rd|th)?\b(?!:)"
    rf"(?:,? (?P<y2>20\d{{2}}))?"
)
_MONTH_FIRST = frozenset({"US"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DateReader:
    """Reads dates as somebody in this language and country writes them, on this day."""

    language: str
    on: date
    country: str | None = None

    def read(self, folded: str) -> Iterator[tuple[tuple[int, int], date]]:
        """Place and day of every date that can be meant one way only."""
        for match in _PATTERN.finditer(folded):
            day = self._day(match)
            if day is not None:
                yield match.span(), day

    def _day(self, match: re.Match[str]) -> date | None:
        if match["iso"]:
            return _date(*map(int, match["iso"].split("-")))
        if match["d1"]:
            return self._dated(int(match["d1"]), _MONTHS[match["m1"]], match["y1"])
        if match["d2"]:
            return self._dated(int(match["d2"]), _MONTHS[match["m2"]], match["y2"])
        if match["y"] is None and not self._bare(match):
            return None
        day, month = self._order(int(match["a"]), int(match["b"]))
        return self._dated(day, month, match["y"]) if day else None

    def _bare(self, match: re.Match[str]) -> bool:
        """`12.11.` or `12/11` is a date; `12.11` alone is as often a price, `2-3` a range."""
        if match["sep"] == "/":
            return True
        return match["sep"] == "." and match["dot"] is not None and self.language != "en"

    def _order(self, first: int, second: int) -> tuple[int, int]:
        """Day and month; (0, 0) where both orders are as likely."""
        if first > 12 or first == second:
            return first, second
        if second > 12:
            return second, first
        if self.language != "en":
            return first, second
        if self.country is None:
            return 0, 0
        return (second, first) if self.country.upper() in _MONTH_FIRST else (first, second)

    def _dated(self, day: int, month: int, year: str | None) -> date | None:
        if year:
            return _date(int(year) % 100 + 2000, month, day)
        near = [d for y in (-1, 0, 1) if (d := _date(self.on.year + y, month, day))]
        return min(near, key=lambda d: abs((d - self.on).days), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
