"""How a phrase may be spelt: the words that it is read as, with what stands before each."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, product

from agent.triage.folding import compose, fold

_PIECE = re.compile(r"(?P<word>\w+\*?)|(?P<gap>[^\w*]+)|\*")
#: How a letter of a phrase may also be spelt: `für` as `fuer`, `Straße` as `strasse`.
_SPELLINGS = {
    "ä": ("a", "ae"),
    "ö": ("o", "oe"),
    "ü": ("u", "ue"),
    "ß": ("ß", "ss"),
    "œ": ("œ", "oe"),
    "æ": ("æ", "ae"),
}
_MOST_SPELLINGS = 16
#: What may stand between two words: `SPACE` spaces or hyphens, `PAUSE` also a comma before them.
_BLANKS = " \t\n\r\v\f-"
FIRST, SPACE, PAUSE, APOSTROPHE, HYPHEN, POINT = "", " ", ",", "'", "-", "."


@lru_cache(maxsize=1_000)
def gaps(between: str) -> tuple[str, ...]:
    """Which gaps of a phrase the text between two words is."""
    if between == "'":
        return (APOSTROPHE,)
    if not between.strip(_BLANKS):
        if not between:
            return ()
        return (SPACE, PAUSE, HYPHEN) if len(between) == 1 else (SPACE, PAUSE)
    if between[0] not in ",;:.!" or between[1:].strip(_BLANKS):
        return ()
    return (PAUSE,) if between[1:] else (POINT,)


@lru_cache(maxsize=100_000)
def readings(phrase: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """A phrase as words with what stands before each, in every way in which it may be spelt.

    The same phrases are read for every language.
    """
    found: list[tuple[tuple[str, str], ...]] = []
    for steps in _joined(_steps(phrase)):
        befores = [gap for gap, _ in steps]
        spellings = product(*(_spellings(word) for _, word in steps))
        found += [
            tuple(zip(befores, words, strict=True)) for words in islice(spellings, _MOST_SPELLINGS)
        ]
    return tuple(found)


def _steps(phrase: str) -> list[tuple[str, str]]:
    steps: list[tuple[str, str]] = []
    gap = FIRST
    for piece in _PIECE.finditer(phrase):
        if piece["word"]:
            steps.append((gap if steps else FIRST, piece["word"]))
        elif piece["gap"]:
            gap = _gap(piece["gap"])
    return steps


def _gap(between: str) -> str:
    folded = fold(between)
    if any(letter.isspace() for letter in folded):
        return PAUSE if set(folded) & set(",;:.!") else SPACE
    return folded if folded in (APOSTROPHE, HYPHEN) else POINT


def _joined(steps: list[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """As written, and with what need not stand between two words left out."""
    if steps:
        yield steps
    for number, (gap, word) in enumerate(steps):
        if gap in (APOSTROPHE, HYPHEN, POINT) and number and steps[number - 1][1][-1] != "*":
            before, last = steps[number - 1]
            yield from _joined([*steps[: number - 1], (before, last + word), *steps[number + 1 :]])


def _spellings(word: str) -> Iterable[str]:
    if _SPELLINGS.keys().isdisjoint(word):
        return (fold(word),)
    ways = (_SPELLINGS.get(letter) or (fold(letter),) for letter in word)
    return ("".join(letters) for letters in product(*ways))


def pattern(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """The few phrases that hold other signs, as one pattern, longest first."""
    each = ["".join(map(_atom, _pieces(phrase))) for phrase in phrases]
    if not each:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(each, key=len, reverse=True))})(?!\w)")


def _pieces(phrase: str) -> list[str]:
    return re.findall(r"\s+|\S", compose(phrase).lower().strip())


def _atom(piece: str) -> str:
    if piece.isspace():
        return r"[\s-]+"
    if piece == "*":
        return r"\w*"
    if piece in _SPELLINGS:
        return f"(?:{'|'.join(_SPELLINGS[piece])})"
    folded = fold(piece)
    return {"'": "'?", "-": r"[\s-]?"}.get(folded) or re.escape(folded)
