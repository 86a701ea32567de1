"""What is looked for: concepts, each with the wordings that may stand for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say a concept: stems that a document should hold, all of them at best."""

    stems: tuple[str, ...]
    weight: float = 1.0  #: 1 for the asker's own word, less for what is taken to mean the same


Concept = tuple[Wording, ...]
"""Wordings of one thing: a document gets the score of the best of them, not of their sum."""

Query = tuple[Concept, ...]
"""A document's score is the sum over the concepts."""


def plain(stems: Sequence[str]) -> Query:
    """A query of single words that mean what they say."""
    return tuple(map(_alone, stems))


@lru_cache(maxsize=100_000)
def _alone(stem: str) -> Concept:
    return (Wording((stem,)),)
