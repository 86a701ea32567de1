"""What the classifier sees of a text: words, parts of words, and what the desk's tables find.

Entities are left out: whether a writer gives an order number says more about the channel than
about the matter.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

from agent.domain.desk import Concept
from agent.triage.lexicon import phrases
from agent.triage.phrases import Phrases

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!€£$]")
_SHORTEST, _LONGEST = 2, 5  #: letters in a part of a word, its borders counted
_REMEMBERED = 20_000  #: words whose meaning is looked up once
_LONGEST_NUMBER = 3  #: digits
_BEGINNING = 5  #: letters that tell a word from others, whatever its ending
_PAIRED = 30  #: words of a text that are paired
#: Every kind of feature. Pairs help where texts are short and examples many.
BLOCKS = ("word", "char", "pair", "sign", "said")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """A text taken apart."""

    tokens: tuple[str, ...]
    signs: tuple[str, ...] = ()
    said: tuple[str, ...] = ()  #: a desk's concepts, each as often as it is said


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


class Sayings:
    """A desk's concepts as a matcher for texts in one language."""

    def __init__(self, concepts: Sequence[Concept], language: str) -> None:
        told = {concept.id: phrases(concept.words, language) for concept in concepts}
        self._any = Phrases(phrase for each in told.values() for phrase in each)
        self._each = tuple((name, Phrases(each)) for name, each in told.items())
        self._meant = lru_cache(maxsize=_REMEMBERED)(self._look_up)

    def said(self, folded: str) -> tuple[str, ...]:
        """The concepts that the text says, in order, each as often as it is said."""
        spans = self._any.spans(folded)
        return tuple(name for start, end in spans for name in self._meant(folded[start:end]))

    def _look_up(self, words: str) -> tuple[str, ...]:
        return tuple(name for name, matcher in self._each for _ in matcher.spans(words))


def _any_ending(phrase: str) -> str:
    """Inflected forms count too: `remboursement` also finds `remboursements`, `zwrot` `zwrotu`."""
    return " ".join(_loosened(word) for word in phrase.split())


def _loosened(word: str) -> str:
    if len(word) < 5 or word.endswith("*"):
        return word
    return f"{word}*" if len(word) == 5 else f"{word[:-1]}*"


def tokens(folded: str) -> tuple[str, ...]:
    """Words and telling marks; a short number only says how long it is, a long one nothing.

    Whoever gives an order number may want anything.
    """
    return tuple(
        "0" * len(t) if t.isdigit() else t
        for t in _TOKEN.findall(folded)
        if not (t.isdigit() and len(t) > _LONGEST_NUMBER)
    )


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


def pairs(features: Features) -> list[str]:
    """Any two words of the text by their beginnings, in no order: what is said of what."""
    beginnings = sorted({token[:_BEGINNING] for token in features.tokens[:_PAIRED]})
    return [f"{a}~{b}" for a, b in combinations(beginnings, 2)]


def chars(features: Features) -> list[str]:
    return [part for token in features.tokens for part in parts(token)]
