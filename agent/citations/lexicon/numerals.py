"""Number words from 13 to 200, built from their parts, and fractions of time."""

from collections.abc import Iterator, Mapping
from functools import cache

from agent.citations.normalise import fold

Words = tuple[str, ...]
#: Phrases of time that hold a fraction: value and unit, hours as minutes and years as months.
FRACTIONS: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "en": {
        "half a year|half year": (6, "month"),
        "half an hour|half hour": (30, "minute"),
        "year and a half|one and a half years": (18, "month"),
        "hour and a half|one and a half hours": (90, "minute"),
        "fortnight": (14, "day"),
        "quarter of an hour": (15, "minute"),
        "quarter of a year": (3, "month"),
    },
    "fr": {
        "demi heure": (30, "minute"),
        "heure et demie": (90, "minute"),
        "an et demi|année et demie": (18, "month"),
        "quart d' heure": (15, "minute"),
    },
    "de": {
        "halbes jahr|halben jahr|halbe jahr": (6, "month"),
        "halbe stunde|halben stunde": (30, "minute"),
        "anderthalb jahre|anderthalb jahren|eineinhalb jahre|eineinhalb jahren": (18, "month"),
        "anderthalb stunden|eineinhalb stunden": (90, "minute"),
        "viertelstunde": (15, "minute"),
        "vierteljahr": (3, "month"),
    },
    "es": {
        "medio año": (6, "month"),
        "media hora": (30, "minute"),
        "año y medio": (18, "month"),
        "hora y media": (90, "minute"),
        "cuarto de hora": (15, "minute"),
    },
    "nl": {
        "half jaar|halfjaar|halve jaar": (6, "month"),
        "half uur|halfuur": (30, "minute"),
        "anderhalf jaar": (18, "month"),
        "anderhalf uur": (90, "minute"),
        "kwartier": (15, "minute"),
    },
    "it": {
        "mezz' ora|mezza ora|mezz'ora|mezzora": (30, "minute"),
        "anno e mezzo": (18, "month"),
        "ora e mezza|ora e mezzo": (90, "minute"),
        "quarto d' ora": (15, "minute"),
    },
    "pl": {
        "pół roku": (6, "month"),
        "pół godziny": (30, "minute"),
        "półtora roku": (18, "month"),
        "półtorej godziny": (90, "minute"),
        "kwadrans": (15, "minute"),
    },
}
_TEENS: Mapping[str, str] = {
    "en": "thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "fr": "treize quatorze quinze seize dix+sept dix+huit dix+neuf",
    "de": "dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "es": "trece catorce quince dieciséis diecisiete dieciocho diecinueve",
    "nl": "dertien veertien vijftien zestien zeventien achttien negentien",
    "it": "tredici quattordici quindici sedici diciassette diciotto diciannove",
    "pl": "trzynaście/trzynastu czternaście/czternastu piętnaście/piętnastu szesnaście/szesnastu "
    "siedemnaście/siedemnastu osiemnaście/osiemnastu dziewiętnaście/dziewiętnastu",
}
_TENS: Mapping[str, str] = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "fr": "vingt trente quarante cinquante soixante - quatre+vingt -",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pl": "dwadzieścia/dwudziestu trzydzieści/trzydziestu czterdzieści/czterdziestu "
    "pięćdziesiąt/pięćdziesięciu sześćdziesiąt/sześćdziesięciu "
    "siedemdziesiąt/siedemdziesięciu osiemdziesiąt/osiemdziesięciu "
    "dziewięćdziesiąt/dziewięćdziesięciu",
}
_ONES: Mapping[str, str] = {
    "en": "one two three four five six seven eight nine",
    "fr": "un deux trois quatre cinq six sept huit neuf",
    "de": "ein zwei drei vier fünf sechs sieben acht neun",
    "es": "uno/un dos tres cuatro cinco seis siete ocho nueve",
    "nl": "een twee drie vier vijf zes zeven acht negen",
    "it": "uno due tre quattro cinque sei sette otto nove",
    "pl": "jeden dwa/dwóch/dwie trzy/trzech cztery/czterech pięć/pięciu sześć/sześciu "
    "siedem/siedmiu osiem/ośmiu dziewięć/dziewięciu",
}
_HUNDRED: Mapping[str, str] = {
    "en": "hundred",
    "fr": "cent",
    "de": "hundert/einhundert",
    "es": "cien",
    "nl": "honderd",
    "it": "cento",
    "pl": "sto/stu",
}


@cache
def numerals(language: str) -> Mapping[str, tuple[tuple[Words, int], ...]]:
    """Number words of more than twelve by their first word, the longest first."""
    if language not in _TENS:
        return {}
    found: dict[str, dict[Words, int]] = {}
    for phrase, value in _all(language):
        words = tuple(fold(phrase).replace("+", " ").split())
        found.setdefault(words[0], {})[words] = value
    return {
        first: tuple(sorted(group.items(), key=lambda pair: -len(pair[0])))
        for first, group in found.items()
    }


@cache
def fractions(language: str) -> Mapping[str, tuple[tuple[Words, tuple[int, str]], ...]]:
    """Phrases such as `half a year` by their first word."""
    found: dict[str, list[tuple[Words, tuple[int, str]]]] = {}
    for phrases, value in FRACTIONS.get(language, {}).items():
        for phrase in phrases.split("|"):
            words = tuple(fold(phrase).split())
            found.setdefault(words[0], []).append((words, value))
    return {first: tuple(group) for first, group in found.items()}


def _all(language: str) -> Iterator[tuple[str, int]]:
    yield from _spelt(_TEENS[language], 13, 1)
    yield from _spelt(_HUNDRED[language], 100, 0)
    tens = list(_spelt(_TENS[language], 20, 10))
    yield from tens
    if language == "fr":
        yield "quatre+vingts", 80
    ones = list(_spelt(_ONES[language], 1, 1))
    for ten, value in tens:
        for one, unit in ones:
            for written in _joined(language, ten, one, value, unit):
                yield written, value + unit
    if language == "fr":
        yield from _french_seventies()


def _spelt(text: str, first: int, step: int) -> Iterator[tuple[str, int]]:
    for place, forms in enumerate(text.split()):
        yield from ((form, first + step * place) for form in forms.split("/") if form != "-")


def _joined(language: str, ten: str, one: str, value: int, unit: int) -> Iterator[str]:
    match language:
        case "de":
            yield f"{one}und{ten}"
        case "nl":
            yield f"{one}{'ën' if one.endswith('e') else 'en'}{ten}"
        case "it":
            yield f"{ten[:-1] if unit in (1, 8) else ten}{one}"
        case "es" if value == 20:
            yield f"veinti{one}"
        case "es":
            yield f"{ten} y {one}"
        case "fr" if unit == 1 and value < 80:
            yield f"{ten}+et+{one}"
        case _:
            yield f"{ten}+{one}"


def _french_seventies() -> Iterator[tuple[str, int]]:
    rest = dict(enumerate(["dix", "onze", "douze", *_TEENS["fr"].split()], start=10))
    for value, word in rest.items():
        yield (f"soixante+et+{word}" if value == 11 else f"soixante+{word}"), 60 + value
        yield f"quatre+vingt+{word}", 80 + value
