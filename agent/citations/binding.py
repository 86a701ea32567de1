"""Values bound to what they count: the same number of another item is no proof."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.citations.denial import turned
from agent.citations.findings import Finding, Span, finding
from agent.citations.limits import bound_of, follows
from agent.citations.pairing import Pairing
from agent.citations.reading import Bounded, Reading
from agent.citations.terms import LIGHT, Term

_BEFORE = 0.8  #: worth of a word in an earlier clause, whose subject a later one often shares
_BEFORE_OWN = 0.4  #: the same, where the later clause has an item that the claim does not name
_AFTER = 0.3  #: worth of a word in a later clause
_MARGIN = 0.45  #: weight of words by which a rival's context must be the nearer one
_OTHER_VALUE = 0.8  #: what another value of the claim adds to its clause
_OWN = 0.2  #: what an item that the claim does not name takes from its clause
_SAME_BOUND = 0.5  #: what it adds that a value has the claim's own bound
_FAR_MARGIN = 1.6  #: the same, where the claim is far from the source's words
_LEAST = 0.45  #: weight of context from which on a rival is one at all

_MOST_RIVALRY = 2.0


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
        candidates = [one for one in candidates if one.agrees or not _listed(one, claim)]
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
        loose = said.bound is None and best.slot.slot.unit != said.slot.unit
        if said.slot.soft and (not near or loose):
            continue
        if follows(said, best.slot, best.pairing, turned=_turned(best.pairing)):
            continue
        rival = _nearest_rival(said, candidates, taken) or best
        taken.add(id(rival.slot))
        at = next(n for n, one in enumerate(pairings) if one is rival.pairing)
        yield _conflict(said, rival, same, at)


def rivalry(pairings: Sequence[Pairing]) -> float:
    """How much nearer to a value's words another value stands than its own, at worst; -2 to 2.

    0 where a claim has no value that the passage has; below 0 where its own is the nearer one.
    """
    worst = -_MOST_RIVALRY
    seen = False
    for said in pairings[0].claim.slots:
        candidates = list(_candidates(said, pairings))
        same = max((one.context for one in candidates if one.agrees), default=None)
        other = max((one.context for one in candidates if not one.agrees), default=0.0)
        if same is not None:
            seen, worst = True, max(worst, other - same)
    return max(-_MOST_RIVALRY, min(_MOST_RIVALRY, worst)) if seen else 0.0


def _listed(rival: _Candidate, claim: Reading) -> bool:
    """A weekday that the claim names as well is no rival: `on Tuesdays and Thursdays`."""
    day = rival.slot.slot
    return day.kind == "weekday" and any(one.slot.agrees(day) for one in claim.slots)


def _turned(pairing: Pairing) -> bool:
    return any(turned(pairing, part) for part in pairing.parts)


def _candidates(said: Bounded, pairings: Sequence[Pairing]) -> Iterator[_Candidate]:
    for pairing in pairings:
        by_clause = _mass(pairing, pairings)
        for other in pairing.claim.slots:
            apart = other.slot.kind != said.slot.kind
            if apart and pairing.links[other.token] >= 0:
                clause = pairing.source.clauses[pairing.links[other.token]]
                by_clause[clause] = by_clause.get(clause, 0.0) + _OTHER_VALUE
        for slot in pairing.source.slots:
            if not _comparable(slot, said):
                continue
            context = _context(pairing, by_clause, pairing.source.clauses[slot.token])
            spelt = said.slot.spelt and slot.slot.value == said.slot.value
            agrees = spelt or slot.slot.agrees(said.slot)
            if agrees and said.bound and bound_of(slot) == bound_of(said):
                context += _SAME_BOUND
            yield _Candidate(pairing, slot, context, agrees)


def _context(pairing: Pairing, by_clause: Mapping[int, float], clause: int) -> float:
    """How much of the claim stands around a clause; an item of its own parts it from the rest."""
    linked = set(pairing.links)
    own = any(
        number == clause and i not in linked and _is_thing(pairing.source.terms[i])
        for i, number in enumerate(pairing.source.clauses)
    )
    before = _BEFORE_OWN if own else _BEFORE
    near = sum(
        worth * (1.0 if at == clause else before if at < clause else _AFTER)
        for at, worth in by_clause.items()
    )
    return near - _OWN * own


def _is_thing(meant: Term) -> bool:
    return meant.weight >= 1.0 and not meant.deed and not meant.turns


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


def _conflict(said: Bounded, rival: _Candidate, same: _Candidate | None, at: int) -> Finding:
    claim, source = rival.pairing.claim, rival.pairing.source
    return finding(
        said.slot.kind,
        claim,
        source,
        _span(said),
        _span(rival.slot),
        conflict=True,
        sentence=at,
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
