"""How much of a free answer stands nowhere in its sources: for answers longer than a claim.

A claim of a draft is proved by one sentence or it is not. A model's answer of ten sentences over
three passages is asked something weaker first: does it bring words and numbers of its own?
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.citations.align import SourceSentence, align, sentences_of
from agent.citations.guards import examine
from agent.citations.learned import features
from agent.citations.reading import Reading, read
from agent.citations.source import Source
from agent.citations.terms import LIGHT, keys_of
from retrieval.sentences import split_sentences

#: Log likelihood ratios of `unsupported`, for a content word that no source has, one that a source
#: has, and a value that no source has. Counted on WiCE by `python -m bench.claims.novelty`.
NEW_WORD, KNOWN_WORD, NEW_VALUE = 1.13, -0.72, 2.64
FLAG = 4.0  #: about fifty to one, were the words independent; they are not, so: high


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """One sentence of an answer, and what of it no source has."""

    start: int  #: in the answer, in characters
    end: int
    words: int  #: content words
    new_words: int  #: whose stem and meaning no source has
    new_values: int  #: that no source has, with whatever unit
    seen: dict[str, float]  #: the learned judge's features, empty where nothing is near

    @property
    def score(self) -> float:
        """The log odds, up to a constant, that the sentence says what no source says."""
        known = self.words - self.new_words
        return NEW_WORD * self.new_words + KNOWN_WORD * known + NEW_VALUE * self.new_values

    @property
    def flagged(self) -> bool:
        return self.score >= FLAG


def ground(
    answer: str, sources: Sequence[Source], language: str, *, deep: bool = False
) -> tuple[Grounding, ...]:
    """Each sentence of an answer against all of the sources; `deep` adds the judge's features."""
    sentences = [one for source in sources for one in sentences_of(source, language)]
    known = frozenset[str]().union(*(one.reading.places.keys() for one in sentences))
    values = frozenset(slot.slot.value for one in sentences for slot in one.reading.slots)
    return tuple(_grounded(answer, language, sentences, known, values, deep))


def _grounded(
    answer: str,
    language: str,
    sentences: Sequence[SourceSentence],
    known: frozenset[str],
    values: frozenset[str],
    deep: bool,
) -> Iterator[Grounding]:
    for span in split_sentences(answer, language):
        reading = read(answer[span.start : span.end], language)
        words = [meant for meant in reading.terms if meant.weight > LIGHT]
        yield Grounding(
            start=span.start,
            end=span.end,
            words=len(words),
            new_words=sum(known.isdisjoint(keys_of(meant)) for meant in words),
            new_values=sum(
                slot.slot.value not in values for slot in reading.slots if not slot.slot.soft
            ),
            seen=_features(reading, sentences) if deep else {},
        )


def _features(reading: Reading, sentences: Sequence[SourceSentence]) -> dict[str, float]:
    passage = [one.pairing for one in align(reading, sentences)]
    return features(passage, examine(passage[0], passage)) if passage else {}
