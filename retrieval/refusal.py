"""Whether anything found answers a question at all: a calibrated "nothing here answers this". Pure.

Four signs of one search, none of which knows the policies' matter. Each is brought to mean 0 and
deviation 1 over questions with known answers, and they count alike: with few questions to learn
from, equal weights carry further than fitted ones (Dawes, The robust beauty of improper linear
models, 1979). `citedesk eval questions` measures it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retrieval.answers import Matter, sentences
from retrieval.index import Hit
from retrieval.legs import searched

_RAREST = 2  #: of a question's concepts, which tell most of what it is about
_FIFTH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What a search says about itself."""

    strength: float  #: score of the best passage, for a question of any length and any corpus
    rare: float  #: share of the two rarest concepts that one of the passages holds
    margin: float  #: score of the best passage over that of the fifth
    covered: float  #: share of what was asked that one sentence covers


def signs(hits: Sequence[Hit], matter: Matter, rarest: float) -> Signs | None:
    """Of hits, best first; `rarest` is the idf of a word that no policy has. None: no hit."""
    concepts = sorted(matter.concepts, key=lambda pair: -pair[1])
    if not hits or not concepts or rarest <= 0:
        return None
    held = [frozenset(searched(hit.passage)) for hit in hits[:_FIFTH]]
    found = [
        [Matter(concepts=(pair,)).covered([(stems, 1.0)]) for pair in concepts] for stems in held
    ]
    top = min(_RAREST, len(concepts))
    covers = [one.covers for hit in hits[:_FIFTH] for one in sentences(hit.passage, matter)]
    return Signs(
        strength=hits[0].score / (math.sqrt(len(concepts)) * rarest),
        rare=max(sum(row[:top]) / top for row in found),
        margin=hits[0].score / hits[:_FIFTH][-1].score if hits[:_FIFTH][-1].score > 0 else 1.0,
        covered=max(covers, default=0.0),
    )


#: Mean and deviation of each sign over answerable and unanswerable questions.
_SCALES: tuple[tuple[Callable[[Signs], float], float, float], ...] = (
    (lambda s: s.strength, 0.76, 0.24),
    (lambda s: s.rare, 0.49, 0.33),
    (lambda s: s.margin, 1.36, 0.26),
    (lambda s: s.covered, 0.39, 0.17),
)
#: Fitted with answerable and unanswerable questions counting alike: it knows no base rate.
_SLOPE, _BASE = 0.46, 0.10
REFUSE_BELOW = 0.40  #: a wrong answer costs more than a hand-over, which costs more than nothing


def answerable(found: Signs | None) -> float:
    """The chance that a found passage answers, 0 to 1; 0 where nothing was found."""
    if found is None:
        return 0.0
    total = sum((sign(found) - mean) / spread for sign, mean, spread in _SCALES)
    return 1 / (1 + math.exp(-(_BASE + _SLOPE * total)))
