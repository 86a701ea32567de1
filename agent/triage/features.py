"""What the classifier sees of a text: words, parts of words, what rules and glossary found.

Entities are left out: whether a writer gives an order number says more about the channel than
about the matter.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from agent.triage.folding import Phrases

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!€£$]")
_SHORTEST, _LONGEST = 2, 5  #: letters in a part of a word, its borders counted
_REMEMBERED = 20_000  #: words whose meaning is looked up once
BLOCKS = ("word", "char", "sign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """A text taken apart."""

    tokens: tuple[str, ...]
    signs: tuple[str, ...] = ()


class Concepts:
    """A desk's groups of words that mean the same in any language, as signs.

    They carry what was learnt in one language to the others.
    """

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        named: dict[str, list[str]] = {}
        for group in groups:
            if group:
                named.setdefault(f"concept:{group[0]}", []).extend(map(_any_ending, group))
        self._any = Phrases(word for group in named.values() for word in group)
        self._groups = tuple((name, Phrases(group)) for name, group in named.items())
        self._meant = lru_cache(maxsize=_REMEMBERED)(self._look_up)

    def signs(self, folded: str) -> list[str]:
        """One sign for each group that the text names, in order of first mention."""
        found = (
            s for start, end in self._any.spans(folded) for s in self._meant(folded[start:end])
        )
        return list(dict.fromkeys(found))

    def _look_up(self, words: str) -> tuple[str, ...]:
        return tuple(name for name, phrases in self._groups if phrases.within(words))


def _any_ending(phrase: str) -> str:
    """Inflected forms count too: `remboursement` also finds `remboursements`, `zwrot` `zwrotu`."""
    return " ".join(_loosened(word) for word in phrase.split())


def _loosened(word: str) -> str:
    if len(word) < 5 or word.endswith("*"):
        return word
    return f"{word}*" if len(word) == 5 else f"{word[:-1]}*"


def tokens(folded: str) -> tuple[str, ...]:
    """Words and telling marks; a number only says how long it is."""
    return tuple("0" * min(len(t), 6) if t.isdigit() else t for t in _TOKEN.findall(folded))


def words(features: Features) -> list[str]:
    """Single words and pairs of neighbours."""
    return [*features.tokens, *(f"{a} {b}" for a, b in pairwise(features.tokens))]


def parts(token: str) -> list[str]:
    """The parts of one word, 2 to 5 letters, a space at its borders."""
    padded = f" {token} "
    if len(padded) <= _SHORTEST:
        return [padded]
    return [
        padded[i : i + n]
        for n in range(_SHORTEST, min(_LONGEST, len(padded)) + 1)
        for i in range(len(padded) - n + 1)
    ]


def chars(features: Features) -> list[str]:
    return [part for token in features.tokens for part in parts(token)]
