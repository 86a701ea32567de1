"""The learned judge: how much a claim that no guard objects to is to be doubted."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from agent.citations.binding import rivalry
from agent.citations.denial import turned
from agent.citations.findings import Finding
from agent.citations.pairing import Pairing, unmatched
from agent.citations.reading import Reading
from agent.citations.terms import LIGHT, Term
from agent.citations.trees import Forest, parse

WEIGHTS = Path(__file__).parent / "learned.weights.txt"


def features(passage: Sequence[Pairing], found: Sequence[Finding]) -> dict[str, float]:
    """What the judge looks at; the first pairing is with the nearest sentence. All are 0 to 1."""
    nearest = passage[0]
    claim = nearest.claim
    content = [i for i, meant in enumerate(claim.terms) if meant.weight > LIGHT]
    missing = unmatched(nearest)
    anywhere = [i for i in missing if any(other.strengths[i] for other in passage[1:])]
    slots = claim.slots
    stand = sum(nearest.links[slot.token] >= 0 for slot in slots)
    parts = nearest.parts
    return {
        "uncovered": 1 - nearest.covered,
        "words_uncovered": 1 - nearest.words,
        "unsaid": 1 - nearest.back,
        "passage_uncovered": 1 - _passage(passage),
        "missing": min(len(missing), 5) / 5,
        "one_missing": float(len(missing) == 1 and nearest.near),
        "missing_share": len(missing) / len(content) if content else 1.0,
        "missing_nowhere": min(len(missing) - len(anywhere), 5) / 5,
        "weak_links": _weak(nearest),
        "has_values": float(bool(slots)),
        "values_missing": 1 - stand / len(slots) if slots else 0.0,
        "turned": float(any(turned(nearest, part) for part in parts)),
        "modal": float(_cues(nearest, "modality")),
        "quantified": float(_cues(nearest, "quantifier")),
        "conditional": float(_cues(nearest, "condition")),
        "short": 1 / (1 + len(content)),
        "alone": float(len(passage) == 1),
        "denies": float(any(cue.guard == "negation" for cue in claim.cues)),
        "source_denies": float(any(cue.guard == "negation" for cue in nearest.source.cues)),
        "replaced": float(bool(missing) and _free(nearest)),
        "runner_up": passage[1].covered if len(passage) > 1 else 0.0,
        "rivalry": rivalry(passage),
        "scattered": _scattered(nearest),
        "missing_known": _known(claim, missing),
        "elsewhere": _elsewhere(passage),
        **_swap(nearest, missing),
        **_hints(found),
    }


def _scattered(pairing: Pairing) -> float:
    """The share of the claim's words that stands outside the clause that has most of them."""
    by_clause: dict[int, float] = {}
    for at, strength, meant in zip(
        pairing.links, pairing.strengths, pairing.claim.terms, strict=True
    ):
        if at >= 0 and strength:
            clause = pairing.source.clauses[at]
            by_clause[clause] = by_clause.get(clause, 0.0) + strength * meant.weight
    total = sum(by_clause.values())
    return 1 - max(by_clause.values()) / total if total else 1.0


def _known(claim: Reading, missing: Sequence[int]) -> float:
    """The share of the missing words whose meaning is known, so that a synonym would be seen."""
    known = sum(claim.terms[i].known for i in missing)
    return known / len(missing) if missing else 0.0


def _swap(pairing: Pairing, missing: Sequence[int]) -> dict[str, float]:
    """Whether another word stands where the source has one of its own, between the same words."""
    claim, source, links = pairing.claim, pairing.source, pairing.links
    linked = set(links)
    framed = both = 0.0
    for i in missing:
        before = next((links[k] for k in range(i - 1, -1, -1) if links[k] >= 0), -1)
        after = next((links[k] for k in range(i + 1, len(links)) if links[k] >= 0), len(links))
        last = len(source.terms) if after <= before else min(after, len(source.terms))
        free = [
            at
            for at in range(before + 1, min(last, before + 5))
            if at not in linked and source.terms[at].weight >= 1.0
        ]
        if free and not claim.terms[i].deed:
            framed = 1.0
            both = max(both, *(_both_known(claim.terms[i], source.terms[at]) for at in free))
    deeds = sum(claim.terms[i].deed for i in missing)
    return {
        "framed": framed,
        "framed_known": both,
        "missing_deeds": deeds / len(missing) if missing else 0.0,
    }


def _both_known(one: Term, other: Term) -> float:
    return float(one.known and other.known)


def _elsewhere(passage: Sequence[Pairing]) -> float:
    """The share of the claim's words that another sentence has more surely than the nearest."""
    nearest, others = passage[0], passage[1:]
    total = sum(meant.weight for meant in nearest.claim.terms)
    more = sum(
        meant.weight
        for i, meant in enumerate(nearest.claim.terms)
        if any(other.strengths[i] > nearest.strengths[i] for other in others)
    )
    return more / total if total else 0.0


_HINTS = {
    "hint_denial": ("negation", "wording", "order"),
    "hint_watched": ("modality", "quantifier", "bound"),
    "hint_member": ("audience", "country", "tax", "channel", "unit"),
    "hint_left_out": ("scope", "condition"),
    "hint_exception": ("exception",),
    "hint_other": ("item", "sign"),
}


def _hints(found: Sequence[Finding]) -> dict[str, float]:
    """What the guards object to; here, where the words are far apart, that is no verdict yet."""
    guards = {one.guard for one in found}
    known = {name for names in _HINTS.values() for name in names}
    values = [one for one in found if one.guard not in known]
    return {
        **{hint: float(bool(guards & set(names))) for hint, names in _HINTS.items()},
        "hint_value": float(any(one.conflict for one in values)),
        "hint_nowhere": float(any(not one.conflict for one in values)),
    }


def _free(pairing: Pairing) -> bool:
    """Whether the source clause has a content word that the claim has not."""
    linked = set(pairing.links)
    homes = frozenset[int]().union(*(part.home for part in pairing.parts))
    return any(i not in linked and pairing.source.terms[i].weight >= 1.0 for i in homes)


def _passage(passage: Sequence[Pairing]) -> float:
    """The share of the claim's words that any of the sentences has."""
    terms = passage[0].claim.terms
    total = sum(meant.weight for meant in terms)
    got = sum(
        meant.weight * max(pairing.strengths[i] for pairing in passage)
        for i, meant in enumerate(terms)
    )
    return got / total if total else 0.0


def _weak(pairing: Pairing) -> float:
    links = [
        s
        for s, meant in zip(pairing.strengths, pairing.claim.terms, strict=True)
        if s and meant.weight > LIGHT
    ]
    return sum(strength < 1 for strength in links) / len(links) if links else 1.0


def _cues(pairing: Pairing, guard: str) -> bool:
    """Whether both sides use different words of a guard."""
    claim = {cue.value for cue in pairing.claim.cues if cue.guard == guard}
    source = {
        cue.value
        for cue in pairing.source.cues
        if cue.guard == guard and any(cue.first in part.home for part in pairing.parts)
    }
    return claim != source


def flag_of(nearest: Pairing) -> float:
    """The doubt from which on a claim is flagged: near to the source's words, a change counts."""
    return shipped().near if nearest.near else shipped().flag


def doubt(seen: Mapping[str, float]) -> float:
    """The chance that the claim is not supported, 0 to 1."""
    return shipped().doubt(seen)


@cache
def shipped() -> Forest:
    """The trees that ship, with the doubt from which on a claim is flagged."""
    return parse(WEIGHTS.read_text(encoding="utf-8"))
