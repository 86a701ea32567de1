"""Text made comparable, letter for letter: no case, no accents, one kind of apostrophe.

Folding never changes a text's length, so an offset in the folded text is one in the original.
"""

import unicodedata

_APOSTROPHES = dict.fromkeys("’‘‛ʼ´`′＇", "'")
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_SPACES = dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u3000\t", " ")
_LETTERS = {"ł": "l", "đ": "d", "ø": "o", "ı": "i", "№": "#", "º": "°"}
_FIXED = _APOSTROPHES | _DASHES | _SPACES | _LETTERS


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
