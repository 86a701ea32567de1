"""Values bound to what they count: the same number of another item is no proof."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from agent.citations.findings import Finding, Span, finding
from agent.citations.pairing import Pairing
from agent.citations.reading import Bounded, Reading
from agent.citations.terms import LIGHT, Term

_BEFORE = 0.8  #: worth of a word in an earlier clause, whose subject a later one often shares
_BEFORE_OWN = 0.4  #: the same, where the later clause has an item that the claim does not name
_AFTER = 0.3  #: worth of a word in a later clause
_MARGIN = 0.45  #: weight of words by which a rival's context must be the nearer one
_VERY_NEAR = 0.85  #: share of words from which on another value is an error, not a case of a limit
_SAME_BOUND = 0.5  #: what it adds that a value has the claim's own bound
_FAR_MARGIN = 1.6  #: the same, where the claim is far from the source's words
_LEAST = 0.45  #: weight of context from which on a rival is one at all

_HALF = 0.45  #: share of a claim's words from which on opposite bounds are a conflict
_UPPER = frozenset({"max", "under", "within", "before"})
_LOWER = frozenset({"min", "over", "after"})


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A value of the source of the same kind, and how much of the claim stands around it."""

    pairing: Pairing
    slot: Bounded
    context: float
    agrees: bool


def values(pairings: Sequence[Pairing]) -> Iterator[Finding]:
    """Each value of the claim is the one that the passage gives for what the claim speaks of.

    `pairings` are of one claim with sentences of the passage, the nearest sentence first.
    """
    if not pairings:
        return
    claim = pairings[0].claim
    taken: set[int] = set()
    for said in claim.slots:
        candidates = list(_candidates(said, pairings))
        best = max(candidates, key=lambda one: (one.context, one.agrees), default=None)
        same = max(
            (one for one in candidates if one.agrees), key=lambda one: one.context, default=None
        )
        far = best is None or (best.context < _LEAST and best.pairing is not pairings[0])
        if best is None or (far and same is None):
            if not said.slot.soft:
                yield _nowhere(said, pairings)
            continue
        near = best.pairing.near
        margin = _MARGIN if near else _FAR_MARGIN
        if best.agrees or (same and best.context - same.context < margin):
            continue
        if said.slot.soft and not near:
            continue
        if best.pairing.words < _VERY_NEAR and _follows(said, best):
            continue
        rival = _nearest_rival(said, candidates, taken) or best
        taken.add(id(rival.slot))
        yield _conflict(said, rival, same)


def _follows(said: Bounded, rival: _Candidate) -> bool:
    """Whether a plain value is a case of the source's limit: 60 kg is more than 30 kg.

    A claim that denies is a case when the value lies on the other side.
    """
    bound, limit = _bound(rival.slot), rival.slot.slot
    denies = any(cue.guard == "negation" for cue in rival.pairing.claim.cues)
    if said.slot.kind == "weekday":
        return denies and not any(cue.guard == "negation" for cue in rival.pairing.source.cues)
    if said.bound is not None or bound not in ("over", "min", "under") or ".." in limit.value:
        return False
    if said.slot.unit != limit.unit or ".." in said.slot.value:
        return False
    value, edge = Decimal(said.slot.value), Decimal(limit.value)
    inside = value < edge if bound == "under" else value >= edge
    return inside != denies


def _candidates(said: Bounded, pairings: Sequence[Pairing]) -> Iterator[_Candidate]:
    for pairing in pairings:
        by_clause = _mass(pairing, pairings)
        for slot in pairing.source.slots:
            if not _comparable(slot, said):
                continue
            context = _context(pairing, by_clause, pairing.source.clauses[slot.token])
            spelt = said.slot.spelt and slot.slot.value == said.slot.value
            agrees = spelt or slot.slot.agrees(said.slot)
            if agrees and said.bound and _bound(slot) == _bound(said):
                context += _SAME_BOUND
            yield _Candidate(pairing, slot, context, agrees)


def _context(pairing: Pairing, by_clause: Mapping[int, float], clause: int) -> float:
    """How much of the claim stands around a clause; an item of its own parts it from the rest."""
    linked = set(pairing.links)
    own = any(
        number == clause and i not in linked and pairing.source.terms[i].weight >= 1.0
        for i, number in enumerate(pairing.source.clauses)
    )
    before = _BEFORE_OWN if own else _BEFORE
    return sum(
        worth * (1.0 if at == clause else before if at < clause else _AFTER)
        for at, worth in by_clause.items()
    )


def _comparable(slot: Bounded, said: Bounded) -> bool:
    if said.slot.spelt and slot.slot.value == said.slot.value:
        return True  # `thirty-two working hours` where the unit is not read
    if slot.slot.kind != said.slot.kind:
        return False
    return slot.slot.kind != "measure" or slot.slot.unit == said.slot.unit


def _mass(pairing: Pairing, pairings: Sequence[Pairing]) -> dict[int, float]:
    """How much of the claim's words each clause of a sentence has.

    A word that another sentence has more surely counts half.
    """
    by_clause: dict[int, float] = {}
    for i, strength in enumerate(pairing.strengths):
        weight = pairing.claim.terms[i].weight
        if not strength or weight <= LIGHT:
            continue
        surer = any(other.strengths[i] > strength for other in pairings)
        worth = weight * strength * (0.5 if surer else 1.0)
        clause = pairing.source.clauses[pairing.links[i]]
        by_clause[clause] = by_clause.get(clause, 0.0) + worth
    return by_clause


def _nearest_rival(
    said: Bounded, candidates: Sequence[_Candidate], taken: set[int]
) -> _Candidate | None:
    rivals = [one for one in candidates if not one.agrees and id(one.slot) not in taken]
    return max(
        rivals,
        key=lambda one: (round(one.context, 3), one.slot.slot.unit == said.slot.unit),
        default=None,
    )


def _nowhere(said: Bounded, pairings: Sequence[Pairing]) -> Finding:
    nearest = pairings[0]
    return finding(said.slot.kind, nearest.claim, nearest.source, _span(said), None, conflict=False)


def _conflict(said: Bounded, rival: _Candidate, same: _Candidate | None) -> Finding:
    claim, source = rival.pairing.claim, rival.pairing.source
    return finding(
        said.slot.kind,
        claim,
        source,
        _span(said),
        _span(rival.slot),
        conflict=True,
        elsewhere=_item(same) if same else None,
    )


def _item(candidate: _Candidate) -> str:
    """The words beside a value that say what it counts."""
    source, token = candidate.pairing.source, candidate.slot.token
    clause = source.clauses[token]
    within = [i for i, number in enumerate(source.clauses) if number == clause]
    first, last = max(within[0], token - 4), min(within[-1], token + 3)
    return source.quote(source.tokens[first].start, source.tokens[last].end)


def _span(slot: Bounded) -> Span:
    return slot.slot.start, slot.slot.end


# --- the members of a group ----------------------------------------------------------------------


def members(pairing: Pairing) -> Iterator[Finding]:
    """Where one sentence names two of a group, the claim has the one that its words stand with."""
    claim, source = pairing.claim, pairing.source
    by_clause = _mass(pairing, [pairing])
    for i, meant in enumerate(claim.terms):
        at = pairing.links[i]
        if at < 0 or not meant.groups or not pairing.near:
            continue
        mine = dict(by_clause)
        home = source.clauses[at]
        if _denies(claim) and _denies(source, home):
            continue
        mine[home] = mine.get(home, 0.0) - meant.weight * pairing.strengths[i]
        for k, other in enumerate(source.terms):
            rival = k not in pairing.links and source.clauses[k] != home
            if not rival or not _same_group(meant, other):
                continue
            here, there = mine[home], _context(pairing, mine, source.clauses[k])
            if there - here >= _MARGIN:
                token, found = claim.tokens[i], source.tokens[k]
                yield finding(
                    meant.groups[0][0],
                    claim,
                    source,
                    (token.start, token.end),
                    (found.start, found.end),
                    conflict=True,
                )
                return


def _denies(reading: Reading, clause: int | None = None) -> bool:
    return any(
        cue.guard == "negation" and clause in (None, reading.clauses[cue.first])
        for cue in reading.cues
    )


def _same_group(one: Term, other: Term) -> bool:
    mine = {name for _, name in one.groups}
    return any(
        kind in {k for k, _ in one.groups} and name not in mine for kind, name in other.groups
    )


# --- bounds ---------------------------------------------------------------------------------------


def bounds(pairing: Pairing) -> Iterator[Finding]:
    """`up to 30 days` is neither `30 days` nor `at least 30 days`."""
    claim, source = pairing.claim, pairing.source
    for said in claim.slots:
        twins = [slot for slot in source.slots if slot.slot.agrees(said.slot)]
        if not twins or any(_fits(said, twin, pairing) for twin in twins):
            continue
        twin = min(twins, key=lambda slot: abs(slot.token - max(pairing.links[said.token], 0)))
        yield finding("bound", claim, source, _with_bound(said), _with_bound(twin), conflict=True)


def _fits(said: Bounded, found: Bounded, pairing: Pairing) -> bool:
    claim, source, near = pairing.claim, pairing.source, pairing.near
    half = pairing.words >= _HALF
    ours, theirs = _bound(said, claim), _bound(found, source)
    if ours == theirs:
        return True
    if "" in (ours, theirs) or "about" in (ours, theirs):
        return not near or {ours, theirs} <= {"", "within", "before", "after"}
    if claim.language == source.language and not half:
        return True
    for side in (_UPPER, _LOWER):
        if ours in side and theirs in side:
            return True
    durations = said.slot.kind == "duration"
    return durations and _ahead(said, claim) and _ahead(found, source)


def _ahead(slot: Bounded, reading: Reading) -> bool:
    """`at least three weeks ahead` is `no later than three weeks before`."""
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
    return latest or _bound(slot) in _LOWER


def _bound(slot: Bounded, reading: Reading | None = None) -> str:
    """`exactly` adds nothing; what ends after a year may be used up to a year."""
    value = slot.bound.value if slot.bound else ""
    if value == "after" and reading is not None and _ends(reading, slot):
        return "max"
    return "" if value == "exact" else value


def _ends(reading: Reading, slot: Bounded) -> bool:
    clause = reading.clauses[slot.token]
    return any(
        "end" in meant.meanings
        for meant, number in zip(reading.terms, reading.clauses, strict=True)
        if number == clause
    )


def _with_bound(slot: Bounded) -> Span:
    if slot.bound is None:
        return slot.slot.start, slot.slot.end
    return min(slot.bound.start, slot.slot.start), max(slot.bound.end, slot.slot.end)
