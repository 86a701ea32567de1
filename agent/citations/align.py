"""Finding the source sentence that a claim speaks of."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from agent.citations.json_fields import value_spans
from agent.citations.pairing import Pairing, pair
from agent.citations.reading import Reading, read, weigh
from agent.citations.source import Fact, Source
from agent.citations.tongue import language_of
from agent.domain.draft import SourceKind
from retrieval.sentences import split_sentences

_PAIRED = 4  #: sentences that a claim is paired with word by word, where it has a value
_PAIRED_PLAIN = 3
_LINE_END = re.compile(r"\r\n|\r|\n")
_MARKER = re.compile(r"[ \t]{0,3}(?:>[ \t]?)*(?:\#{1,6}[ \t]+|[-*+•][ \t]+|\d{1,3}[.)][ \t]+)?")


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence that may prove a claim: of a policy passage, or a tool's own phrase."""

    source: Source
    start: int  #: in `source.text`; for a phrase, 0
    end: int
    reading: Reading
    fact: Fact | None = None
    heading: bool = False  #: it names what follows and states nothing, but to the letter

    def stands(self) -> bool:
        """Whether all that it rests on is there: a tool's phrase needs its fields."""
        if self.fact is None:
            return True
        fields = self.fact.fields
        return bool(fields) and set(fields) <= value_spans(self.source.text).keys()

    def place(self, at: int = 0) -> str:
        """`returns.md:12`, the line `at` characters into the sentence, or the result's label."""
        if self.fact is not None or not self.source.ref.file:
            return self.source.ref.label
        return f"{self.source.ref.file.rpartition('/')[2]}:{self.line(at)}"

    def line(self, at: int = 0) -> int:
        """Line in the file, from 1, `at` characters into the sentence."""
        return len(_LINE_END.findall(self.source.text, 0, self.start + at)) + 1


@dataclass(frozen=True, slots=True)
class Alignment:
    """A sentence near to a claim, and what stands where in both."""

    sentence: SourceSentence
    pairing: Pairing


def sentences_of(source: Source, language: str) -> tuple[SourceSentence, ...]:
    """The sentences that may be cited; `language` is used where the source names none."""
    if source.ref.kind is SourceKind.TOOL:
        return tuple(_phrases(source, language))
    start, end = source.ref.start, source.ref.end
    spoken = source.ref.language or language_of(source.text[start:end], language)
    return tuple(
        SourceSentence(source, start + first, start + last, reading, heading=heading)
        for first, last, reading, heading in _read_passage(source.text[start:end], spoken)
    )


def align(claim: Reading, sentences: Iterable[SourceSentence]) -> list[Alignment]:
    """The sentences that have something of the claim, the nearest first; at most `_PAIRED`."""
    rough: list[tuple[float, SourceSentence]] = []
    mine = claim.features
    for sentence in sentences:
        asks = sentence.reading.asks != claim.asks
        if asks or sentence.heading or not sentence.stands():
            continue
        shared = mine & sentence.reading.features
        if shared:
            rough.append((weigh(shared) - 0.02 * sentence.reading.weight, sentence))
    most = _PAIRED if claim.slots else _PAIRED_PLAIN
    best = nlargest(most, rough, key=lambda one: one[0])
    near = [Alignment(one, pair(claim, one.reading)) for _, one in best]
    return sorted(near, key=lambda one: -one.pairing.score)


def core_span(text: str, start: int, end: int) -> tuple[int, int]:
    """A span without the list or heading marker before its sentence."""
    marker = _MARKER.match(text, start, end)
    first = marker.end() if marker else start
    return (first, end) if first < end else (start, end)


@lru_cache(maxsize=4_096)
def _read_passage(text: str, language: str) -> tuple[tuple[int, int, Reading, bool], ...]:
    """Policy passages recur from ticket to ticket, so their readings are kept."""
    found: list[tuple[int, int, Reading, bool]] = []
    for span in split_sentences(text, language):
        start, end = core_span(text, span.start, span.end)
        heading = text[span.start : start].lstrip().startswith("#")
        found.append((start, end, read(text[start:end], language), heading))
    return tuple(found)


def _phrases(source: Source, language: str) -> Iterator[SourceSentence]:
    for fact in source.facts:
        spans: Sequence[tuple[int, int]] = [
            (span.start, span.end) for span in split_sentences(fact.text, language)
        ]
        for start, end in spans:
            yield SourceSentence(source, 0, 0, read(fact.text[start:end], language), fact)
