"""Which words decided: the share of each word in the lead of the best category over the next."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from agent.triage.features import Features
from agent.triage.model import Floats, Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What a word, or something said in so many words, adds to the lead."""

    kind: str  #: `word`, `sign` (a rule or a glossary group), `said` (a concept)
    term: str
    weight: float  #: in score; negative where it speaks for the runner-up


def explain(model: Model, features: Features) -> tuple[Weighed, ...]:
    """All that spoke for the best category or against it, heaviest first.

    Together with the constant terms the weights add up to the lead of the best over the second.
    """
    scores = model.scores(features)
    best, second = np.argsort(-scores, kind="stable")[:2].tolist()
    lead = model.parameters.coefficients[:, best] - model.parameters.coefficients[:, second]
    shares = _shares(model, features, lead)
    weights: defaultdict[tuple[str, str], float] = defaultdict(float)
    for name in model.parameters.blocks:
        for kind, term, weight in _mentions(model, name, features, shares):
            weights[kind, term] += weight
    heaviest = sorted(weights.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(
        Weighed(kind=kind, term=term, weight=float(weight)) for (kind, term), weight in heaviest
    )


def _shares(model: Model, features: Features, lead: Floats) -> dict[int, float]:
    """What one mention of each known term adds to the lead, by row."""
    found = model.weights(features)
    each = found.values * lead[found.rows] / found.counts
    return dict(zip(found.rows.tolist(), each.tolist(), strict=True))


def _mentions(
    model: Model, name: str, features: Features, shares: Mapping[int, float]
) -> Iterator[tuple[str, str, float]]:
    """One entry a mention; parts of words are told as their word."""
    if name == "char":
        for token in features.tokens:
            yield "word", token, sum(shares[row] for row in model.parts(token).tolist())
        return
    block = model.parameters.blocks[name]
    terms = {
        row: term
        for term, number in block.vocabulary.items()
        if (row := number + block.first_row) in shares
    }
    kind = "word" if name == "pair" else name
    for row in model.found(name, features).tolist():
        yield kind, terms[row], shares[row]
