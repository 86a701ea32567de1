"""Which sentences of found passages answer a question, and how much of it they cover. Pure.

Coverage is the share of the question's matter: each concept weighs as much as it is rare among
the policies, and counts as far as a wording of it stands in the text.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from retrieval.corpus import Passage
from retrieval.query import Concept, Query
from retrieval.sentences import split_sentences
from retrieval.text import tokens

_NEARBY = 0.5  #: what a sentence beside counts
_HEADING = 0.6  #: what a heading above counts
_TOLD = 0.3  #: what a concept counts that is told around a question
_WEAK = 0.5  #: what a concept counts whose word tells little


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence of a passage, and how much of the question it covers, 0 to 1."""

    passage: Passage
    start: int  #: character offset in the policy's text
    end: int
    covers: float

    @property
    def text(self) -> str:
        return self.passage.policy.text[self.start : self.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """The concepts of a question with what each weighs."""

    concepts: tuple[tuple[Concept, float], ...]

    def covered(self, near: Sequence[tuple[frozenset[str], float]]) -> float:
        """The share that stands in texts, each given by its stems and by what it counts."""
        total = sum(weight for _, weight in self.concepts)
        found = sum(weight * _found(concept, near) for concept, weight in self.concepts)
        return found / total if total else 0.0


def matter(
    query: Query,
    rarity: Callable[[str], float],
    *,
    focus: Iterable[Concept] | None = None,
    weak: Iterable[Concept] = (),
) -> Matter:
    """The weight of each concept: the idf of the commonest of the words asked with.

    Concepts outside the `focus` were told, not asked: people's own circumstances, in words that
    policies seldom use, would weigh most. The same holds for `weak` ones, which tell little.
    """
    asked, little = None if focus is None else frozenset(focus), frozenset(weak)

    def weight(concept: Concept) -> float:
        told = 1.0 if asked is None or concept in asked else _TOLD
        return _rarity(concept, rarity) * told * (_WEAK if concept in little else 1.0)

    return Matter(concepts=tuple((c, weight(c)) for c in query if c))


def _rarity(concept: Concept, rarity: Callable[[str], float]) -> float:
    return min(max((rarity(s) for s in w.stems), default=0.0) for w in concept)


def _found(concept: Concept, near: Sequence[tuple[frozenset[str], float]]) -> float:
    return max(
        (w.weight * counts for w in concept for stems, counts in near if stems.issuperset(w.stems)),
        default=0.0,
    )


def sentences(passage: Passage, asked: Matter) -> list[Said]:
    """Every sentence of a passage with its coverage, helped by its neighbours and headings."""
    spans, stems, heading = _read(passage)
    found: list[Said] = []
    for n, (start, end) in enumerate(spans):
        beside = frozenset[str]().union(*stems[max(0, n - 1) : n + 2])
        covers = asked.covered([(stems[n], 1.0), (beside, _NEARBY), (heading, _HEADING)])
        found.append(Said(passage=passage, start=start, end=end, covers=covers))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Neighbouring sentences of one passage."""

    sentences: tuple[Said, ...]
    value: float


def excerpts(
    passages: Sequence[tuple[Passage, float]],
    asked: Matter,
    *,
    has_kind: Callable[[str], float] | None = None,
    most: int = 3,
) -> list[Excerpt]:
    """The parts of ranked passages that answer best: each a sentence and the one behind it.

    `passages` come with their scores, best first. `has_kind` says how surely a sentence holds the
    kind of answer asked for (an amount, a duration), 0 to 1; None where any kind will do.
    """
    top = max((score for _, score in passages), default=0.0) or 1.0
    ranked: list[tuple[float, int, int, list[Said]]] = []
    for place, (passage, score) in enumerate(passages):
        said = sentences(passage, asked)
        kinds = [has_kind(one.text) if has_kind else 0.0 for one in said]
        for n, one in enumerate(said):
            kind = max(kinds[n], *(_NEARBY * k for k in kinds[n + 1 : n + 2]), 0.0)
            value = one.covers + _RANKED * score / top + _KIND * kind
            ranked.append((-value, place, n, said))
    return _chosen(sorted(ranked, key=lambda r: r[:3]), most)


_RANKED = 0.5  #: what the score of its passage counts for a sentence, beside its coverage
_KIND = 0.3  #: what the kind of answer counts


def _chosen(ranked: Sequence[tuple[float, int, int, list[Said]]], most: int) -> list[Excerpt]:
    taken: set[tuple[int, int]] = set()
    found: list[Excerpt] = []
    for value, place, n, said in ranked:
        if len(found) == most:
            break
        if (place, n) in taken:
            continue
        own = [m for m in (n, n + 1) if m < len(said) and (place, m) not in taken]
        taken.update((place, m) for m in own)
        found.append(Excerpt(sentences=tuple(said[m] for m in own), value=-value))
    return found


@lru_cache(maxsize=4_096)
def _read(
    passage: Passage,
) -> tuple[tuple[tuple[int, int], ...], tuple[frozenset[str], ...], frozenset[str]]:
    language = passage.policy.language
    spans = tuple(
        (passage.start + s.start, passage.start + s.end)
        for s in split_sentences(passage.text, language)
    )
    stems = tuple(frozenset(tokens(passage.policy.text[a:b], language)) for a, b in spans)
    return spans, stems, frozenset(tokens(" ".join(passage.headings), language))
