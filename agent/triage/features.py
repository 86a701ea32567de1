"""What the classifier sees of a text: words, parts of words, and what rules and entities found."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent.domain.triage import Entities
from agent.triage.folding import Phrases

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|[?!€£$]")
_SHORTEST, _LONGEST = 2, 5  #: letters in a part of a word, its borders counted
BLOCKS = ("word", "char", "sign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """A text taken apart."""

    tokens: tuple[str, ...]
    signs: tuple[str, ...] = ()


class Concepts:
    """A desk's groups of words that mean the same in any language, as signs."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self._groups = tuple((f"concept:{group[0]}", Phrases(group)) for group in groups if group)
        self._any = Phrases(word for group in groups for word in group)

    def signs(self, folded: str) -> list[str]:
        if not self._any.within(folded):
            return []
        return [name for name, phrases in self._groups if phrases.within(folded)]


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


def entity_signs(entities: Entities, token_count: int) -> list[str]:
    """What is named, and whether the text is short, as signs."""
    kinds = (
        ("order", entities.order_ids),
        ("sku", entities.skus),
        ("amount", entities.amounts),
        ("date", entities.dates),
    )
    found = [f"has:{kind}" for kind, values in kinds if values]
    return [*found, f"length:{min(token_count, 160).bit_length()}"]
