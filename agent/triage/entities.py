"""What a text names: order numbers, SKUs, amounts and dates, normalised and told apart.

Each kind takes its places in the text in turn, the surest first, so that the digits of an IBAN, a
phone number, a price or a date are never read as an order number.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from agent.domain.triage import Entities
from agent.triage.dates import DateReader
from agent.triage.folding import fold
from agent.triage.money import amounts

_BLANK = "\x00"
_SKU = re.compile(r"(?<![\w-])[A-Z]{2,4}-\d{3,5}(?:-[A-Z0-9]{1,4})*(?![\w-])")
_LINK = r"https?://\S+|www\.\S+"
_PHONE_ABROAD = r"(?:\+|\b00)\d[\d ()/.-]{6,20}\d"
_PHONE = r"(?<![\d#.])0\d{1,4}[ /.-]\d[\d ()/.-]{3,20}\d"
#: Numbers that look like an order's and are none, most specific first, in folded text.
_OTHERS = (
    _LINK,
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}",
    r"\b[a-z]{2}\d{2}(?:[ ]?[\da-z]{4}){2,7}(?:[ ]?[\da-z]{1,3})?\b",  # IBAN
    r"\b[a-z]{1,3}[- ]?\d{6,}[a-z]{0,3}\b",  # tracking, tax and identity numbers
    r"\b(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{8,}\b",
    r"\b[a-z]{1,3}-\d+\b",  # customer and article numbers
    _PHONE_ABROAD,
    r"\b(?:tel|telefon\w*|phone|mobile|mob|mobil|handy|telefoon\w*|cell|numero di telefono|fax|gsm)"
    r"\b[^\d\n]{0,14}[\d+][\d ()/.-]{4,20}\d",
    _PHONE,  # within a country
    r"\b0\d{8,10}\b",
    r"\b(?:[a-z]{1,2}-)\d{5}\b",  # D-10437
    r"\b\d{2}-\d{3}(?= \w)",  # Polish post code before its town
    r"\b(?:plz|post ?code|postal code|zip|code postal|cap|codigo postal|c\.p\.|cp|kod pocztowy)"
    r"\b[^\d\n]{0,4}\d{2}-?\d{3}\b",
    r"\b\d+(?:[.,]\d+)? ?(?:%|cm|mm|km|kg|ml|watt?|lumen|lm|volt|dpi|kwh|g|m|w|v|l)\b",
    r"\b\d{1,2}[:h.]\d{2}(?: ?(?:uhr|h|pm|am|uur))\b|\b\d{1,2}:\d{2}\b",
    r"\b\d{8,}\b",
)
#: Those of them that may begin within a word; looked for alone there, which is most of a text.
_WITHIN_WORDS = (_LINK, _PHONE_ABROAD, _PHONE)
_OTHER = re.compile(rf"(?<!\w)(?:{'|'.join(_OTHERS)})|{'|'.join(_WITHIN_WORDS)}")
_ORDER_WORDS = (
    r"order\w*|purchase|bestell\w*|best|auftrag\w*|bst|commande\w*|cde|cmd|pedido\w*|ped|compra"
    r"|bestelling\w*|ordernummer|ordine|ordini|acquisto|zamowieni\w*|zam|nr|no|num|nummer|numer\w*"
    r"|numero\w*|number|ref|reference|referenz|rif|referencia|n°|no\.|#"
)
_CUE = re.compile(rf"(?:(?<!\w)(?:{_ORDER_WORDS})(?:\W{{0,3}})|#\W?)$")
_LIST_CUE = re.compile(r"\W{0,3}(?:and|und|et|y|e|en|i|oraz|&|,|/|\+|or|oder|ou|o|of|lub)\W{1,3}$")
_TOWN = re.compile(r" +[A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻ][a-zà-öø-ÿąćęłńóśźż]+")
_BEFORE_PLACE = re.compile(r"(?:[,;]|\b(?:in|nach|im|aus|en|a|te|w|di|from))\s*$|\S\n$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How this ticket's numbers are read."""

    language: str
    on: date  #: the day it was sent, for dates without a year
    country: str | None = None
    order_digits: int = 5


class Reader:
    """Finds what a text names. Pure; made once for a count of order digits."""

    def __init__(self, order_digits: int = 5) -> None:
        gap = r"[ .\-']?"
        digits = gap.join(r"\d" for _ in range(order_digits))
        self._order = re.compile(rf"(?<![\w-])(?<!\d[.,]){digits}(?![\w])(?![.,/-]\d)(?! \d{{2,}})")

    def read(
        self, text: str, folded: str, *, language: str, on: date, country: str | None = None
    ) -> Entities:
        """Everything named, distinct, in order of first mention."""
        if not any(map(str.isdigit, folded)):
            return Entities()
        free = _Free(folded)
        skus = free.take((m.span(), m.group()) for m in _SKU.finditer(text))
        days = DateReader(language=language, on=on, country=country).read(folded)
        dates = free.take((span, day.isoformat()) for span, day in days)
        money = free.take(amounts(folded, country))
        free.take((m.span(), "") for m in _OTHER.finditer(free.text))
        return Entities(
            order_ids=_distinct(self._orders(text, free.text)),
            skus=_distinct(skus),
            amounts=_distinct(money),
            dates=_distinct(dates),
        )

    def _orders(self, text: str, free: str) -> Iterator[str]:
        last_end = -1
        for match in self._order.finditer(free):
            start, end = match.span()
            before = free[max(0, start - 40) : start]
            follows = last_end >= 0 and bool(_LIST_CUE.fullmatch(free[last_end:start]))
            cued = follows or _CUE.search(before) is not None
            if cued or (match.group().isdigit() and not _is_place(text, before, end)):
                last_end = end
                yield re.sub(r"\D", "", match.group())


class _Free:
    """Folded text in which the places already read are blanked out."""

    def __init__(self, folded: str) -> None:
        self.text = folded

    def take(self, found: Iterable[tuple[tuple[int, int], str]]) -> list[str]:
        """Blank out each place, in order of the text, and give its value; taken ones are left."""
        values: list[str] = []
        kept: list[str] = []
        last = 0
        for (start, end), value in found:
            if _BLANK in self.text[start:end]:
                continue
            kept += (self.text[last:start], _BLANK * (end - start))
            values.append(value)
            last = end
        self.text = "".join([*kept, self.text[last:]])
        return values


def _is_place(text: str, before: str, end: int) -> bool:
    """A bare number before a name, in a list or after `in`, is a post code and its town."""
    return _TOWN.match(text, end) is not None and _BEFORE_PLACE.search(before) is not None


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def read_entities(text: str, reading: Reading) -> Entities:
    """One text read with its own setting; `Reader` is for many."""
    return Reader(reading.order_digits).read(
        text, fold(text), language=reading.language, on=reading.on, country=reading.country
    )
