"""Which words decided: the share of each word in the lead of the best category over the next."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from agent.triage.features import Features, parts
from agent.triage.model import Block, Floats, Model


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
    weights: defaultdict[tuple[str, str], float] = defaultdict(float)
    for name, block in model.parameters.blocks.items():
        lead = model.parameters.coefficients[:, best] - model.parameters.coefficients[:, second]
        for kind, term, weight in _weights(model, name, block, features, lead):
            weights[kind, term] += weight
    heaviest = sorted(weights.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(
        Weighed(kind=kind, term=term, weight=float(weight)) for (kind, term), weight in heaviest
    )


def _weights(
    model: Model, name: str, block: Block, features: Features, lead: Floats
) -> Iterator[tuple[str, str, float]]:
    """One entry a mention; parts of words are told as their word."""
    found = model.found(name, features)
    if not found:
        return
    ids, counts, values = block.values(found)
    each = dict(
        zip(ids.tolist(), (values * lead[ids + block.first_row] / counts).tolist(), strict=True)
    )
    if name == "char":
        for token in features.tokens:
            grams = (block.vocabulary.get(part) for part in parts(token))
            yield "word", token, sum(each[i] for i in grams if i is not None)
        return
    terms = {number: term for term, number in block.vocabulary.items() if number in each}
    kind = "word" if name == "pair" else name
    for number in found:
        yield kind, terms[number], each[number]
