"""What both sides of a pairing say at their cues, for the guards."""

from collections.abc import Iterator, Sequence

from agent.citations.findings import Finding, Span, around, finding
from agent.citations.pairing import Pairing, Part
from agent.citations.reading import Cue, Reading
from agent.citations.terms import PREDICATE


def every_token(reading: Reading) -> frozenset[int]:
    return frozenset(range(len(reading.tokens)))


def cue_finding(guard: str, pairing: Pairing, part: Part, *, conflict: bool) -> Iterator[Finding]:
    ours = [c for c in cues_in(pairing.claim, part.claim) if c.guard == guard]
    theirs = [c for c in cues_in(pairing.source, part.home) if c.guard == guard]
    values = {c.value for c in theirs} if ours and theirs else set[str]()
    one = next((c for c in ours if c.value not in values), ours[0] if ours else None)
    other = next((c for c in theirs if not one or c.value != one.value), None)
    said, found = both_sides(pairing, [one.first] if one else [], [other.first] if other else [])
    yield finding(guard, pairing.claim, pairing.source, said, found, conflict=conflict)


def both_sides(
    pairing: Pairing, ours: Sequence[int], theirs: Sequence[int]
) -> tuple[Span | None, Span | None]:
    """The words at the cues of both sides; where one has none, those beside it: `can be`."""
    claim, source = pairing.claim, pairing.source
    if ours and theirs:
        return around(ours[0], claim, before=0), around(theirs[0], source, before=0)
    if ours:
        linked = [at for at in pairing.links[max(0, ours[0] - 1) : ours[0] + 3] if at >= 0]
        found = around(linked[0], source, before=0) if linked else None
        return around(ours[0], claim), found
    at = theirs[0]
    beside = {k: i for i, k in enumerate(pairing.links) if k >= 0}
    near = next((beside[k] for k in (at + 1, at - 1, at + 2, at - 2) if k in beside), None)
    said = around(near, claim, before=1, after=0) if near is not None else None
    return said, around(at, source, before=0)


def cues_in(reading: Reading, tokens: frozenset[int]) -> list[Cue]:
    return [cue for cue in reading.cues if cue.first in tokens]


def cue_values(reading: Reading, tokens: frozenset[int], guard: str) -> set[str]:
    return {cue.value for cue in cues_in(reading, tokens) if cue.guard == guard}


def is_exception(cue: Cue) -> bool:
    return cue.guard == "condition" and cue.value == "except"


def home_meanings(pairing: Pairing, part: Part) -> frozenset[str]:
    return frozenset[str]().union(*(pairing.source.terms[i].meanings for i in part.home))


def modalities(reading: Reading, tokens: frozenset[int]) -> set[str]:
    return cue_values(reading, tokens, "modality")


def quantities(reading: Reading, tokens: frozenset[int]) -> set[str]:
    """What a source says of how many."""
    return cue_values(reading, tokens, "quantifier")


def claimed_quantities(reading: Reading, tokens: frozenset[int]) -> set[str]:
    """The same of a claim, but for an `only` that belittles a price: `it costs only €5`."""
    return {
        cue.value
        for cue in cues_in(reading, tokens)
        if cue.guard == "quantifier" and not (cue.value == "only" and _belittles(reading, cue))
    }


def _belittles(reading: Reading, cue: Cue) -> bool:
    """Whether it stands after what is said and before a sum or percentage, and so limits nothing.

    `Only 5 guests may enter` and `only 50 % is paid` do limit.
    """
    after = range(cue.last + 1, min(cue.last + 3, len(reading.tokens)))
    priced = any(slot.token in after and slot.slot.kind in _PRICES for slot in reading.slots)
    said = any(meant.weight >= PREDICATE for meant in reading.terms[: cue.first])
    return priced and said


_PRICES = frozenset({"money", "percent"})
