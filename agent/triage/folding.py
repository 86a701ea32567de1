"""Text made comparable, letter for letter: no case, no accents, one kind of apostrophe.

Folding never changes a text's length, so an offset in the folded text is one in the original.
"""

import re
import unicodedata
from collections.abc import Iterable

_APOSTROPHES = dict.fromkeys("’‘‛ʼ´`′＇", "'")
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_SPACES = dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u3000\t", " ")
_LETTERS = {"ł": "l", "đ": "d", "ø": "o", "ı": "i", "№": "#", "º": "°"}
_FIXED = _APOSTROPHES | _DASHES | _SPACES | _LETTERS
#: How a folded phrase letter may also be spelt: `für` as `fuer`, `Straße` as `strasse`.
_SPELLINGS = {
    "ä": "(?:a|ae)",
    "ö": "(?:o|oe)",
    "ü": "(?:u|ue)",
    "ß": "(?:ß|ss)",
    "œ": "(?:œ|oe)",
    "æ": "(?:æ|ae)",
}


class _Folds(dict[int, str]):
    """`str.translate`'s table, filled as letters are met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_letter(chr(code))
        return folded


def _fold_letter(letter: str) -> str:
    lower = letter.lower()[:1]
    if lower in _FIXED:
        return _FIXED[lower]
    base = unicodedata.normalize("NFD", lower)[:1]
    return base or letter


_FOLDS = _Folds()


def compose(text: str) -> str:
    """Accented letters as one character each; what `fold` expects."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without accents, of the same length as `text`."""
    return text.translate(_FOLDS)


class Phrases:
    """Phrases as one pattern: on word boundaries, case- and accent-blind, `*` for any ending."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """A space is any white space or hyphen; hyphens and commas may be absent."""
        self._pattern = _compile(phrases)

    def __bool__(self) -> bool:
        return self._pattern is not None

    def spans(self, folded: str) -> list[tuple[int, int]]:
        """Where the phrases stand in a folded text, first to last, the longest at each place."""
        if self._pattern is None:
            return []
        return [match.span() for match in self._pattern.finditer(folded)]

    def count(self, folded: str) -> int:
        return len(self.spans(folded))

    def within(self, folded: str) -> bool:
        return self._pattern is not None and self._pattern.search(folded) is not None


class _Node:
    """A letter's place in the tree of phrases: shared beginnings are matched once."""

    __slots__ = ("ends", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.ends = False

    def add(self, atoms: Iterable[str]) -> None:
        node = self
        for atom in atoms:
            node = node.next.setdefault(atom, _Node())
        node.ends = True

    def pattern(self) -> str:
        branches = [atom + node.pattern() for atom, node in self.next.items()]
        if self.ends:
            branches.append("")
        return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


def _compile(phrases: Iterable[str]) -> re.Pattern[str] | None:
    root = _Node()
    for phrase in phrases:
        root.add(_atoms(compose(phrase).lower()))
    if not root.next:
        return None
    return re.compile(rf"(?<!\w){root.pattern()}(?!\w)")


def _atoms(phrase: str) -> list[str]:
    return [_atom(token) for token in re.findall(r"\s+|\S", phrase.strip())]


def _atom(token: str) -> str:
    if token.isspace():
        return r"[\s-]+"
    if token == "*":
        return r"\w*"
    folded = fold(token)
    if folded == "'":
        return "'?"
    if folded == "-":
        return r"[\s-]?"
    if folded in ",;:.!":
        return "[,;:.!]?"
    return _SPELLINGS.get(token) or re.escape(folded)
