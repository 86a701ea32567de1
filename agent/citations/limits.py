"""Limits beside values: `up to 30 days` is neither `30 days` nor `at least 30 days`."""

from collections.abc import Iterator
from decimal import Decimal

from agent.citations.findings import Finding, Span, finding
from agent.citations.pairing import Pairing
from agent.citations.reading import Bounded, Reading

_HALF = 0.45  #: share of a claim's words from which on opposite bounds are a conflict
_VERY_NEAR = 0.85  #: share of words from which on another value is an error, not a case
#: Kinds of values that more or less of means something.
AMOUNTS = frozenset({"money", "percent", "duration", "measure", "count"})
_UPPER = frozenset({"max", "under", "within", "before"})
_LOWER = frozenset({"min", "over", "after"})


def follows(said: Bounded, rival: Bounded, pairing: Pairing, *, turned: bool) -> bool:
    """Whether a plain value is a case of the source's limit: 60 kg is more than 30 kg.

    Where one side denies what the other says, the value has to lie beyond the limit.
    """
    bound, limit = bound_of(rival), rival.slot
    if any(cue.guard == "modality" and cue.value == "must" for cue in pairing.claim.cues):
        return False
    if said.slot.kind == "weekday":
        return turned and not any(cue.guard == "negation" for cue in pairing.source.cues)
    if pairing.words >= _VERY_NEAR:
        return False
    if ahead(rival, pairing.source) and bound in ("max", "before"):
        bound = "min"  # `until 5 days before`: so long ahead, or longer
    if said.bound is not None or bound not in ("over", "min", "under") or ".." in limit.value:
        return False
    if said.slot.unit != limit.unit or ".." in said.slot.value:
        return False
    value, edge = Decimal(said.slot.value), Decimal(limit.value)
    inside = value < edge if bound == "under" else value >= edge
    return inside != turned


def beyond(pairing: Pairing) -> bool:
    """Whether the claim denies what the source says because its value lies beyond the limit.

    All that the source says there is denied: where `refunds over €100 are paid by bank transfer`,
    nothing is known of whether others are paid.
    """
    source = pairing.source.slots
    for said in pairing.claim.slots:
        kind = [one for one in source if one.slot.kind == said.slot.kind]
        apart = kind and not any(one.slot.agrees(said.slot) for one in kind)
        if apart and any(
            follows(said, one, pairing, turned=True) and _all_said(pairing, one) for one in kind
        ):
            return True
    return False


def _all_said(pairing: Pairing, limit: Bounded) -> bool:
    """Whether the claim has every content word that stands after the limit in its clause."""
    source, linked = pairing.source, set(pairing.links)
    return not any(
        i > limit.token
        and number == source.clauses[limit.token]
        and i not in linked
        and source.terms[i].weight >= 1.0
        for i, number in enumerate(source.clauses)
    )


def exceeded(pairing: Pairing) -> bool:
    """Whether a plain value of the claim lies beyond the limit of every value of its kind.

    What is said of refunds up to €50 bears out nothing of a refund of €80.
    """
    return any(_outside_all(said, pairing.source) for said in pairing.claim.slots)


def _outside_all(said: Bounded, source: Reading) -> bool:
    rivals = [one for one in source.slots if one.slot.kind == said.slot.kind]
    return bool(rivals) and all(_outside(said, one) for one in rivals)


def _outside(said: Bounded, limit: Bounded) -> bool:
    plain = said.bound is None and ".." not in said.slot.value + limit.slot.value
    if not plain or said.slot.unit != limit.slot.unit or said.slot.kind not in AMOUNTS:
        return False
    value, edge = Decimal(said.slot.value), Decimal(limit.slot.value)
    bound = bound_of(limit)
    upto = bound == "before" and limit.slot.kind != "duration"  # `bis 50 €`
    upper, lower = upto or bound in ("max", "under", "within"), bound in ("min", "over")
    return (upper and value > edge) or (lower and value < edge)


def bounds(pairing: Pairing) -> Iterator[Finding]:
    """A value's limit is the one that the source gives."""
    claim, source = pairing.claim, pairing.source
    for said in claim.slots:
        twins = [slot for slot in source.slots if slot.slot.agrees(said.slot)]
        if not twins or any(_fits(said, twin, pairing) for twin in twins):
            continue
        twin = min(twins, key=lambda slot: abs(slot.token - max(pairing.links[said.token], 0)))
        spans = _with_bound(said), _with_bound(twin)
        yield finding("bound", claim, source, *spans, conflict=True)


def _fits(said: Bounded, found: Bounded, pairing: Pairing) -> bool:
    claim, source, near = pairing.claim, pairing.source, pairing.near
    half = pairing.words >= _HALF
    ours, theirs = bound_of(said, claim), bound_of(found, source)
    if ours == theirs:
        return True
    if (
        "" in (ours, theirs)
        and _LOWER & {ours, theirs}
        and _ends_sooner(said, claim, found, source)
    ):
        return False
    if {ours, theirs} == {"", "max"} and _turns_into_end(said, claim, found, source):
        return True
    if "" in (ours, theirs) or "about" in (ours, theirs):
        return not near or {ours, theirs} <= {"", "within", "before", "after"}
    if claim.language == source.language and not half:
        return True
    for side in (_UPPER, _LOWER):
        if ours in side and theirs in side:
            return True
    durations = said.slot.kind == "duration"
    return durations and ahead(said, claim) and ahead(found, source)


def _ends_sooner(said: Bounded, claim: Reading, found: Bounded, source: Reading) -> bool:
    """What lapses a year after purchase may not be used for a year at least."""
    plain, lower = (found, said) if bound_of(said) in _LOWER else (said, found)
    first, second = (source, claim) if plain is found else (claim, source)
    return _ends(first, plain) and not _ends(second, lower)


def _turns_into_end(said: Bounded, claim: Reading, found: Bounded, source: Reading) -> bool:
    """What ends a year after purchase may be used for up to a year: one side ends, not both."""
    plain, upper = (found, said) if bound_of(said) == "max" else (said, found)
    first, second = (source, claim) if plain is found else (claim, source)
    return _ends(first, plain) and not _ends(second, upper)


def ahead(slot: Bounded, reading: Reading) -> bool:
    """Whether it counts back: `at least three weeks ahead` is `no later than three before`."""
    clause = reading.clauses[slot.token]
    earlier = any(
        "earlier" in meant.turns
        for meant, number in zip(reading.terms, reading.clauses, strict=True)
        if number == clause
    )
    if not earlier or slot.bound is None:
        return earlier
    latest = any(
        "latest_" in reading.terms[i].turns for i in range(slot.bound.first, slot.bound.last + 1)
    )
    return latest or bound_of(slot) in _LOWER


def bound_of(slot: Bounded, reading: Reading | None = None) -> str:
    """`exactly` adds nothing; what ends after a year may be used up to a year."""
    value = slot.bound.value if slot.bound else ""
    if value == "after" and reading is not None and _ends(reading, slot):
        return "max"
    return "" if value == "exact" else value


def _ends(reading: Reading, slot: Bounded) -> bool:
    """Whether something ends at the value: `lapses after 30 days`, not `30 days after it ends`."""
    clause = reading.clauses[slot.token]
    for i, meant in enumerate(reading.terms):
        lost = slot.slot.kind == "date" and "lose_thing" in meant.meanings
        if reading.clauses[i] == clause and ("end" in meant.meanings or lost):
            between = reading.terms[slot.token + 1 : i]
            if not any(one.turns & {"earlier", "later"} for one in between):
                return True
    return False


def _with_bound(slot: Bounded) -> Span:
    if slot.bound is None:
        return slot.slot.start, slot.slot.end
    return min(slot.bound.start, slot.slot.start), max(slot.bound.end, slot.slot.end)
