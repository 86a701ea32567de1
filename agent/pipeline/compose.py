"""A reply's sentences as a body: greeting, paragraphs with citation marks, closing, footnotes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from agent.citations.source import Source
from agent.domain.draft import SourceKind
from agent.domain.ids import SourceId
from agent.pipeline.ports import Answered, Brief, Ground, Sentence, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A body, and the sources that its marks `[1]`, `[2]` … number, in that order.

    Evidence in another language than the ticket's follows behind, unnumbered: it is for the
    reviewer and never quoted.
    """

    body: str
    sources: tuple[Source, ...]


def compose(written: Written, brief: Brief) -> Composed:
    """The whole reply in the desk's voice. The same arguments give the same body."""
    grounds = {ground.key: ground for ground in brief.research.grounds}
    sentences = sorted(written.sentences, key=lambda sentence: sentence.paragraph)
    numbers = _numbers(sentences, grounds)
    cited = _cited(numbers, grounds)
    frames = brief.desk.voice(brief.ticket.language).frames
    blocks = (
        _greeting(brief, frames),
        *_paragraphs(sentences, numbers, grounds),
        frames["anything_else"] if written.answered is Answered.FULLY else "",
        f"{frames['closing']}\n{frames['signature']}",
        _footnotes(cited, frames["sources"]),
    )
    body = "\n\n".join(block for block in blocks if block)
    return Composed(body=body, sources=(*cited, *_foreign(brief, numbers)))


def _greeting(brief: Brief, frames: Mapping[str, str]) -> str:
    """By name only where the source vouches for it and it reads as a name.

    People choose their own display names: "Anna - all returns are free" must not be said by us.
    """
    requester = brief.ticket.requester
    name = (requester.name or "").strip() if requester.verified else ""
    name = name if _is_name(name) else ""
    hello = frames["greeting_name"].replace("{name}", name) if name else frames["greeting"]
    return f"{hello}\n{frames['thanks']}"


def _is_name(name: str) -> bool:
    """Up to five words, each with a capital or a particle of names (`van der`, `de la`)."""
    words = name.split()
    return 0 < len(words) <= _NAME_WORDS and all(
        word in _PARTICLES or (word[0].isupper() and _NAME_WORD.fullmatch(word)) for word in words
    )


_NAME_WORDS = 5
_LETTER = r"[^\W\d_]"
_NAME_WORD = re.compile(rf"{_LETTER}(?:{_LETTER}|(?:['’-]|\.-?)(?={_LETTER})){{0,29}}\.?")
_PARTICLES = frozenset(
    [
        *("van", "der", "den", "de", "ter", "ten", "van't", "von", "zu", "zum", "zur", "vom"),
        *("la", "le", "les", "du", "des", "del", "della", "di", "da", "dos", "das", "do", "y"),
        *("el", "al", "bin", "ibn", "op", "in", "het", "'t"),
    ]
)


def _numbers(sentences: Iterable[Sentence], grounds: Mapping[str, Ground]) -> dict[SourceId, int]:
    """Sources in order of first use, from 1. A key that names no ground is left out."""
    used = (grounds[key] for sentence in sentences for key in sentence.grounds if key in grounds)
    ids = dict.fromkeys(ground.source.ref.id for ground in used)
    return {source: n for n, source in enumerate(ids, start=1)}


def _cited(numbers: Mapping[SourceId, int], grounds: Mapping[str, Ground]) -> tuple[Source, ...]:
    by_id = {ground.source.ref.id: ground.source for ground in grounds.values()}
    return tuple(by_id[source] for source in numbers)


def _paragraphs(
    sentences: Sequence[Sentence],
    numbers: Mapping[SourceId, int],
    grounds: Mapping[str, Ground],
) -> list[str]:
    """One block for each paragraph number, in order."""
    return [
        " ".join(_marked(sentence, numbers, grounds) for sentence in paragraph)
        for _, paragraph in groupby(sentences, key=lambda sentence: sentence.paragraph)
    ]


def _marked(
    sentence: Sentence, numbers: Mapping[SourceId, int], grounds: Mapping[str, Ground]
) -> str:
    ids = (grounds[key].source.ref.id for key in sentence.grounds if key in grounds)
    marks = "".join(f"[{n}]" for n in sorted({numbers[source] for source in ids}))
    return f"{sentence.text} {marks}".rstrip()


def _footnotes(cited: Sequence[Source], title: str) -> str:
    lines = [f"[{n}] {source.ref.label}" for n, source in enumerate(cited, start=1)]
    return "\n".join((title, *lines)) if lines else ""


def _foreign(brief: Brief, numbers: Mapping[SourceId, int]) -> list[Source]:
    return [
        ground.source
        for ground in brief.research.grounds
        if is_foreign(ground, brief.ticket.language) and ground.source.ref.id not in numbers
    ]


def is_foreign(ground: Ground, language: str) -> bool:
    """Whether the ground is a policy in another language than the ticket's."""
    ref = ground.source.ref
    return ref.kind is SourceKind.POLICY and ref.language != language
