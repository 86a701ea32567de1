"""How likely it is that a desk's policies answer what a ticket asks."""

from collections.abc import Sequence
from functools import cache

from agent.pipeline.cues import cues
from agent.pipeline.questions import Asked
from retrieval.index import Filter, FusedIndex
from retrieval.refusal import answerable, signs

_READ = 5  #: passages that are looked at


def chance(parts: Sequence[Asked], *, index: FusedIndex, seen_by: Filter, asked_in: str) -> float:
    """The chance, 0 to 1, that a passage which the requester may see answers the questions.

    It compares across desks and languages, and knows no base rate: see `retrieval.refusal`.
    """
    text = "\n".join(part.query for part in parts)
    hits = index.search(text, seen_by=seen_by, k=_READ, asked_in=asked_in)
    matter, rarest = index.matter(
        text,
        seen_by=seen_by,
        asked_in=asked_in,
        focus="\n".join(part.text for part in parts),
        weak=_weak(asked_in),
    )
    return answerable(signs(hits, matter, rarest))


@cache
def _weak(language: str) -> str:
    return "\n".join(sorted(cues(language).weak))
