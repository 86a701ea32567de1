"""Numbers in words: `twenty-five`, `half a year`, and `a week` for one week."""

from collections.abc import Mapping, Sequence

from agent.citations.lexicon import CURRENCIES, Lexicon
from agent.citations.lexicon.numerals import fractions, numerals
from agent.citations.tokens import Token

_ARTICLES: Mapping[str, frozenset[str]] = {
    "en": frozenset(["a", "an"]),
    "fr": frozenset(["un", "une"]),
    "de": frozenset(["ein", "eine", "einen", "einem", "einer", "eines"]),
    "es": frozenset(["un", "una"]),
    "nl": frozenset(["een", "één"]),
    "it": frozenset(["un", "una", "un'"]),
}
#: Nouns for one half, which are 50 % of something.
HALVES: Mapping[str, frozenset[str]] = {
    "en": frozenset(["half"]),
    "fr": frozenset(["moitié"]),
    "de": frozenset(["hälfte"]),
    "es": frozenset(["mitad"]),
    "nl": frozenset(["helft"]),
    "it": frozenset(["metà"]),
    "pl": frozenset(["połowa", "połowę", "połowy", "połowie"]),
}
_BEFORE_ONE = frozenset(["przez", "wynosi", "trwa", "po", "ciągu"])
#: After these, `a week` is a rate: `twice a week`, `€20 a month`.
_RATES = frozenset(
    [
        "per",
        "once",
        "twice",
        "times",
        "time",
        "every",
        "pro",
        "je",
        "mal",
        "einmal",
        "zweimal",
        "fois",
        "keer",
        "veces",
        "vez",
        "volte",
        "volta",
        "raz",
        "razy",
        "half",
        "other",
        "another",
        "such",
        "nice",
        "good",
        "great",
    ]
)


def spelt_number(tokens: Sequence[Token], first: int, language: str) -> tuple[int, int] | None:
    """The last token of a number word of more than twelve, and its value."""
    for words, value in numerals(language).get(tokens[first].key, ()):
        last = _run(tokens, first, words)
        if last is not None:
            return last, value
    return None


def fraction(
    tokens: Sequence[Token], first: int, language: str
) -> tuple[int, tuple[int, str]] | None:
    """The last token of a phrase such as `half a year`, and its value with unit."""
    if first >= len(tokens):
        return None
    for words, value in fractions(language).get(tokens[first].key, ()):
        last = _run(tokens, first, words)
        if last is not None:
            return last, value
    return None


def one_unit(tokens: Sequence[Token], first: int, words: Lexicon) -> tuple[int, str] | None:
    """The last token and the unit of `a week`, where it is one week and no rate."""
    if words.language == "pl":  # no article: `przez rok`, `po roku`
        told = first and tokens[first - 1].key in _BEFORE_ONE
        unit = words.units.get(tokens[first].key) if told else None
        return (first, unit) if unit else None
    if tokens[first].key not in _ARTICLES.get(words.language, ()) or first + 1 >= len(tokens):
        return None
    unit = words.units.get(tokens[first + 1].key)
    before = tokens[first - 1] if first else None
    if unit is None or (before and _counts(before, words)):
        return None
    return first + 1, unit


def _counts(token: Token, words: Lexicon) -> bool:
    known = token.key in words.units or token.key in words.numbers or token.key in CURRENCIES
    return known or token.key in _RATES or token.kind in ("num", "sign")


def _run(tokens: Sequence[Token], first: int, words: tuple[str, ...]) -> int | None:
    """The last token of a run of words; hyphens between them do not count."""
    at = first
    for n, word in enumerate(words):
        while n and at < len(tokens) and tokens[at].key == "-":
            at += 1
        if at >= len(tokens) or tokens[at].key != word:
            return None
        at += 1
    return at - 1
