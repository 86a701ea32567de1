"""Amounts of money in seven languages' ways of writing them."""

import re
from collections.abc import Iterator

_KRONA = {"SE": "SEK", "NO": "NOK", "DK": "DKK"}
_CODES = {
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "eura": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "pounds": "GBP",
    "pound": "GBP",
    "quid": "GBP",
    "pfund": "GBP",
    "chf": "CHF",
    "sfr": "CHF",
    "fr.": "CHF",
    "franken": "CHF",
    "zl": "PLN",
    "pln": "PLN",
    "zloty": "PLN",
    "zlotych": "PLN",
    "zlote": "PLN",
    "$": "USD",
    "usd": "USD",
    "sek": "SEK",
    "dkk": "DKK",
    "nok": "NOK",
    "czk": "CZK",
    "kr": "kr",
}
_UNIT = (
    r"€|£|\$|(?:eur(?:os?|a)?|gbp|pounds?|quid|pfund|chf|sfr|fr\.|franken|zl(?:ot(?:y(?:ch)?|e))?"
    r"|pln|usd|sek|dkk|nok|czk|kr)(?![a-z])"
)
_NUMBER = r"\d{1,3}(?:[.,' ]\d{3}){1,4}(?:[.,](?:\d{2}|-{1,2}))?|\d+(?:[.,](?:\d{1,2}|-{1,2}))?"
_PATTERN = re.compile(
    rf"(?P<before>{_UNIT})[ ]?(?P<n1>{_NUMBER})(?![\d,]\d)"
    rf"|(?<![\d.,\w])(?P<n2>{_NUMBER})[ ]?(?P<after>{_UNIT})"
    r"(?:(?P<cents>\d{2}(?!\d))|(?! ?\d+[.,]\d{2}))"
    r"|(?<![\d.,\w/-])(?P<n3>\d{1,4}[.,]\d{2})"
    r"(?![\d\w%]|[.,/:-]\d| ?(?:cm|mm|kg|m|%|uhr|h|x)\b)"
)
#: Without a currency, `58,00` is money only beside a word of paying.
_PAYING = re.compile(
    r"(?:pay|paid|price|cost|charg|refund|amount|total|sum|bill|invoice|worth|value|bezahl|preis|betrag"
    r"|kost|rechnung|erstatt|abgebucht|summe|uberw|paye|prix|montant|facture|rembours|debit|prelev"
    r"|pag|precio|importe|cobr|factur|reembols|betaal|prijs|bedrag|factuur|terug|afgeschreven"
    r"|prezzo|import|fattur|rimbors|addebit|zaplac|cen[aey]|kwot|faktur|zwrot|pobran)\w*\W[^.!?\n]{0,30}$"
)


def amounts(folded: str, country: str | None = None) -> Iterator[tuple[tuple[int, int], str]]:
    """Place and value, such as `84.90 EUR`; without a currency where the text names none.

    Decimals are kept as written. `kr` is a currency only where the requester's country tells which.
    """
    for match in _PATTERN.finditer(folded):
        number = match["n1"] or match["n2"] or match["n3"]
        if match["n3"] and not _PAYING.search(folded[max(0, match.start() - 50) : match.start()]):
            continue
        value = _value(number)
        if match["cents"] and "." not in value:
            value = f"{value}.{match['cents']}"
        unit = _CODES.get((match["before"] or match["after"] or "").strip())
        if unit == "kr":
            unit = _KRONA.get((country or "").upper())
        yield match.span(), f"{value} {unit}" if unit else value


def _value(number: str) -> str:
    """Decimal point, no grouping: `1.299,00` and `1'299.00` are `1299.00`, `12,5` is `12.50`."""
    number = re.sub(r"[.,]-{1,2}$", "", number)
    split = re.fullmatch(r"(.*)[.,](\d{1,2})", number)
    whole, cents = split.groups() if split else (number, "")
    whole = re.sub(r"\D", "", whole).lstrip("0") or "0"
    return f"{whole}.{cents:0<2}" if cents else whole
